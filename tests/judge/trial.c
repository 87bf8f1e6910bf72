#include "tests/judge/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "tests/judge/job.h"
#include "tests/judge/run.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

/* For how long /proc may show less than is there before that is believed. */
enum { LOOK_EVERY_MS = 1, MOST_LOOKS = 10000 };

/* One trial while it runs. */
struct attempt {
    struct trial *trial;
    struct job job;
    int socket;
    bool ready, seen, has;
    int looks;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct trial *trial, const char *format,
                                                        ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(trial->lacks, sizeof trial->lacks, format, arguments);
    va_end(arguments);
    return -1;
}

/* Puts a copy of this program where suites will be made: it must be possible to run what is there.
 * Returns 0, or -1 with errno. */
static int copy_self(const char *to)
{
    char part[1 << 16];
    int source = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), target;
    ssize_t length = -1;

    unlink(to);
    target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    while (source != -1 && target != -1 && (length = read(source, part, sizeof part)) > 0)
        if (write(target, part, (size_t)length) != length) {
            length = -1;
            break;
        }
    if (source != -1)
        close(source);
    if (target != -1 && close(target))
        length = -1;
    return length == 0 ? 0 : -1;
}

/* Takes what the program says. */
static void hear(struct attempt *attempt)
{
    char text[512];
    ssize_t length = recv(attempt->socket, text, sizeof text - 1, MSG_DONTWAIT);

    if (length <= 0) { /* nobody is there any more: from now on it would always be readable */
        close(attempt->socket);
        attempt->socket = -1;
        return;
    }
    text[length] = '\0';
    if (strcmp(text, "ready") == 0)
        attempt->ready = true;
    else if (strncmp(text, "lacks ", 6) == 0)
        refuse(attempt->trial, "%s", text + 6);
    else if (strncmp(text, "has", 3) == 0) {
        attempt->has = true;
        attempt->trial->is_root = strstr(text, " root") != NULL;
        attempt->trial->can_write = strstr(text, " files") != NULL;
        attempt->trial->outer_proc = strstr(text, " outside") != NULL;
        attempt->trial->can_cheat = strstr(text, " answers") != NULL;
    }
}

/* The program sleeps until it is told to go on: the judge must be able to see that. */
static void look(struct attempt *attempt)
{
    struct quiet_look look = quiet_look_at(attempt->job.supervisor);

    attempt->seen = quiet_all_asleep(&look) && look.threads > 0;
    if (attempt->seen) {
        send(attempt->socket, "go", 2, MSG_NOSIGNAL);
    } else if (++attempt->looks > MOST_LOOKS) {
        refuse(attempt->trial,
               "/proc does not show the judge what it started: is it this machine's own, and not "
               "hidden from you (hidepid)?");
        job_kill(&attempt->job);
    }
}

/* Until it has ended. */
static void follow(struct attempt *attempt)
{
    int64_t next_look_ns = clock_wall();

    for (;;) {
        bool looks = attempt->ready && !attempt->seen && attempt->looks <= MOST_LOOKS;
        struct pollfd polls[] = {{.fd = attempt->job.ending, .events = POLLIN},
                                 {.fd = attempt->socket, .events = POLLIN}};

        poll(polls, 2, looks ? LOOK_EVERY_MS : JOB_LOOK_MS);
        if (polls[1].revents & POLLIN)
            hear(attempt);
        else if (polls[0].revents)
            break;
        if (attempt->ready && !attempt->seen && attempt->socket != -1)
            look(attempt);
        if (clock_wall() >= next_look_ns) {
            job_look(&attempt->job);
            next_look_ns = clock_wall() + JOB_LOOK_MS * NS_PER_MS;
        }
    }
    job_finish(&attempt->job);
}

/* One trial, with namespaces or without. Returns 0; -1 and says why if the machine does not
 * suffice; 1 if nothing could be started. */
static int try_once(struct trial *trial, const struct grading *grading, const char *program,
                    const char *output)
{
    char here[PATH_MAX];
    int words = 3;
    char *argv[] = {"trial", TRIAL_WORD, (char *)description_value(grading->build, "family"),
                    NULL,    NULL,       NULL};
    struct sandbox sandbox = {.program = program,
                              .argv = argv,
                              .output = output,
                              .hidden = run_hidden,
                              .isolate = trial->isolated,
                              .notes = -1};
    struct attempt attempt = {.trial = trial};
    int pair[2];

    if (getcwd(here, sizeof here))
        argv[words++] = here;
    argv[words] = getenv("PWD");
    run_set_limits(&sandbox, grading);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return refuse(trial, "there are no sockets: %s", strerror(errno));
    attempt.socket = pair[0];
    sandbox.report = pair[1];
    job_start(&attempt.job, &sandbox);
    close(pair[1]);
    if (attempt.job.end == JOB_RUNNING)
        follow(&attempt);
    if (attempt.socket != -1)
        close(attempt.socket);
    if (trial->lacks[0])
        return -1;
    if (attempt.job.end == JOB_NO_START || attempt.job.end == JOB_NO_EXEC) {
        errno = attempt.job.status;
        return 1;
    }
    if (!attempt.has)
        return refuse(trial, "a trial of this machine did not come to its end (%s)",
                      attempt.job.end == JOB_EXITED && WIFSIGNALED(attempt.job.status)
                          ? strsignal(WTERMSIG(attempt.job.status))
                          : "nobody knows why");
    return 0;
}

static bool may_run_in(const char *folder)
{
    struct statvfs disk;

    return statvfs(folder, &disk) || !(disk.f_flag & ST_NOEXEC);
}

int trial_run(struct trial *trial, const struct grading *grading, bool want_isolation)
{
    char program[PATH_MAX], output[PATH_MAX];
    int result;

    *trial = (struct trial){.isolated = want_isolation};
    snprintf(program, sizeof program, "%s/trial", grading->out);
    snprintf(output, sizeof output, "%s/trial.txt", grading->out);
    if (proc_self() == -1)
        return refuse(trial, "/proc is not there or cannot be read (mount -t proc proc /proc)");
    if (!may_run_in(grading->out))
        return refuse(trial, "no program may be run in %s: it is mounted with noexec",
                      grading->out);
    if (copy_self(program))
        return refuse(trial, "cannot write in %s: %s", grading->out, strerror(errno));
    result = try_once(trial, grading, program, output);
    if (result == 1 && want_isolation) {
        trial->isolated = false;
        result = try_once(trial, grading, program, output);
    }
    if (result == 1)
        refuse(trial, "cannot start a program as tests are started: %s", strerror(errno));
    unlink(program);
    unlink(output);
    return result ? -1 : 0;
}

bool trial_held(const struct trial *trial)
{
    return trial->isolated && !trial->can_write && !trial->outer_proc && !trial->can_cheat;
}

void trial_print_notes(const struct trial *trial, bool asked)
{
    if (!trial->isolated)
        fprintf(stderr,
                tr("Note: tests run without namespaces%s; the judge still bounds and cleans up, "
                   "but an answer can reach your other processes and files.\n"),
                asked ? "" : tr(", which this system does not give"));
    else if (trial->can_write)
        fputs(tr("Note: nothing is made read-only here; an answer can write your files.\n"),
              stderr);
    if (trial->isolated && trial->can_cheat)
        fputs(tr("Note: the solutions cannot be hidden here; an answer can read them.\n"), stderr);
    if (trial->is_root)
        fputs(tr("Note: root cannot become another user here; an answer can write what is root's, "
                 "and the number of its processes may have no limit.\n"),
              stderr);
}
