/* Behind `make break`: runs programs in which something goes wrong, one after the other, in the
 * judge's sandbox, and shows what they print while they run. Each is ended when its time is over,
 * on Enter, and on Ctrl-C, with all that it has started. Without namespaces nothing is run.
 *
 * Nothing outlives this process, however it ends: the sandbox's supervisor dies with it, and the
 * namespace with that; the output comes through a pipe. This process dies with make. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/options.h"
#include "tests/judge/breaks/lesson.h"
#include "tests/judge/breaks/relay.h"
#include "tests/judge/job.h"
#include "tests/judge/surroundings.h"
#include "tests/watch/processes.h"
#include "tests/watch/quiet.h"

/* Exit statuses; and after a signal 128 and its number. */
enum { SHOWN = 0, CANNOT = 2 };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    stopped = signal;
}

/* One program while it runs. */
struct show {
    const struct lesson *lesson;
    struct job job;
    struct relay relay;
    const char *by; /* what ended it, if it did not end itself */
};

/* Who presses Enter? Nobody, if standard input is at its end: then this becomes false. */
static bool input = true;

/* The session in which the program runs: the number of the process that becomes it, two
 * generations below the supervisor. 0: it could not be found. */
static pid_t find_session(const struct job *job)
{
    struct processes all;
    pid_t found = 0;

    for (int looks = 0; looks < 200 && !found; looks++) {
        if (processes_read(&all))
            return 0;
        for (size_t i = 0; i < all.count && !found; i++)
            for (size_t j = 0; j < all.count && !found; j++)
                if (all.all[i].parent == all.all[j].pid && all.all[j].parent == job->supervisor)
                    found = all.all[i].pid;
        processes_free(&all);
        if (kill(job->supervisor, 0) || poll(&(struct pollfd){job->ending, POLLIN, 0}, 1, 5) == 1)
            return found;
    }
    return found;
}

/* True if somebody has pressed Enter. */
static bool take_enter(void)
{
    char text[256];
    ssize_t length = read(STDIN_FILENO, text, sizeof text);

    input = length > 0;
    return input && memchr(text, '\n', (size_t)length);
}

/* Ends it, and remembers why. */
static void end_it(struct show *show, const char *by)
{
    if (show->by)
        return;
    show->by = by;
    job_kill(&show->job);
}

/* Shows what it prints until it has ended; the pipe does not end before, as the sandbox's
 * supervisor holds it, too. Its limit on processes is per user, and does not bind root: so they are
 * counted. */
static void follow(struct show *show, int seconds)
{
    const int64_t end_ns = clock_wall() + (int64_t)seconds * NS_PER_S;

    fflush(stdout);
    while (show->relay.from != -1) {
        struct pollfd polls[] = {{show->relay.from, POLLIN, 0},
                                 {input ? STDIN_FILENO : -1, POLLIN, 0}};

        poll(polls, 2, JOB_LOOK_MS);
        if (polls[0].revents)
            relay_pass(&show->relay);
        if (polls[1].revents && take_enter())
            end_it(show, TR_LATER("Enter was pressed"));
        if (stopped || ferror(stdout))
            end_it(show, TR_LATER("it was stopped"));
        if (quiet_look_at(show->job.supervisor).processes > JOB_PROCESSES_MOST)
            end_it(show, TR_LATER("there were more than 100 processes"));
        if (clock_wall() >= end_ns)
            end_it(show, TR_LATER("its time was over"));
    }
}

/* Why it cannot be shown, after job_finish. */
static int complain(const struct show *show)
{
    const char *why = strerror(show->job.status);

    if (show->job.end == JOB_NO_START)
        fprintf(stderr,
                tr("break: this system gives no namespaces (%s), and outside of them this would "
                   "not be safe: nothing was run\n"),
                why);
    else if (show->job.end == JOB_LOST)
        fprintf(stderr, tr("break: somebody has ended %s from outside\n"), show->lesson->name);
    else
        fprintf(stderr, tr("break: cannot run %s: %s\n"), show->lesson->program, why);
    return -1;
}

static void print_end(const struct show *show)
{
    const int status = show->job.status;

    if (show->by)
        printf(tr("    Ended, with all that it had started: %s.\n"), tr(show->by));
    else if (WIFSIGNALED(status))
        printf(tr("    Ended by a signal: %s.\n"), strsignal(WTERMSIG(status)));
    else
        printf("%s", tr("    It has ended by itself; what it left behind has been ended, too.\n"));
    putchar('\n');
}

/* Limits low enough that a bomb is small, and high enough for any other program. */
static struct sandbox bounded(const struct lesson *lesson, char *argv[], char *envp[])
{
    return (struct sandbox){.program = lesson->program,
                            .argv = argv,
                            .envp = envp,
                            .notes = -1,
                            .report = -1,
                            .isolate = true,
                            .cpu_s = 20,
                            .address_space = (int64_t)1 << 30,
                            .file_size = (int64_t)1 << 20,
                            .processes = 40};
}

/* Shows one. Returns 0, or -1 and prints why it cannot. */
static int show_one(const struct lesson *lesson, int seconds)
{
    char *argv[] = {(char *)lesson->name, NULL}, *envp[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    struct sandbox sandbox = bounded(lesson, argv, envp);
    struct show show = {.lesson = lesson};
    struct pollfd output = {.events = POLLIN};
    pid_t session;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC)) {
        fprintf(stderr, "break: no pipe: %s\n", strerror(errno));
        return -1;
    }
    sandbox.stream = ends[1];
    output.fd = show.relay.from = ends[0];
    job_start(&show.job, &sandbox);
    close(ends[1]);
    if (show.job.end == JOB_NO_START)
        return complain(&show);
    session = find_session(&show.job);
    poll(&output, 1, 0);
    if (!session && output.revents == POLLHUP) { /* nobody is there who could print */
        job_finish(&show.job);
        close(show.relay.from);
        return show.job.end == JOB_EXITED ? 0 : complain(&show);
    }
    lesson_print(lesson, session);
    printf(tr("\n    This is labs/%s/break/%s.c.\n"
              "    It is ended after %d s, or when you press Enter.\n\n"),
           lesson->lab, lesson->name, seconds);
    follow(&show, seconds);
    job_finish(&show.job);
    relay_flush(&show.relay);
    if (!show.by && show.job.end != JOB_EXITED)
        return complain(&show);
    print_end(&show);
    return 0;
}

struct options {
    const char *objects, *only, *sources;
    int list, seconds;
};

/* Lists it, or shows it, if it is asked for. Returns how many it took (0 or 1), or -1. */
static int take(const char *source, const struct options *options)
{
    struct lesson lesson;
    int taken = 1;

    if (lesson_read(&lesson, source, options->objects))
        return -1;
    if (options->only && strcmp(options->only, lesson.name) != 0)
        taken = 0;
    else if (options->list)
        lesson_print_title(&lesson);
    else if (show_one(&lesson, options->seconds))
        taken = -1;
    lesson_free(&lesson);
    return taken;
}

/* The same for all of them, until one cannot be shown or somebody stops it. Returns 0 or -1. */
static int take_all(const struct options *options)
{
    char *rest = strdupa(options->sources), *source;
    int taken = 0;

    while (!stopped && (source = strsep(&rest, ",")) != NULL) {
        int one = *source ? take(source, options) : 0;

        if (one == -1)
            return -1;
        taken += one;
    }
    if (taken || stopped)
        return 0;
    fputs(tr("break: there is no such program here; `make break` lists them all\n"), stderr);
    return -1;
}

int main(int argc, char **argv)
{
    struct options options = {.objects = "build/gcc", .sources = "", .seconds = 15};
    const struct option_row rows[] = {
        {.name = "sources",
         .help = "labs/NN-topic/break/NAME.c ..., with commas",
         .kind = OPTION_TEXT,
         .target = &options.sources},
        {.name = "objects",
         .help = "where their programs are (build/gcc)",
         .kind = OPTION_TEXT,
         .target = &options.objects},
        {.name = "only",
         .help = "the name of the one to show",
         .kind = OPTION_TEXT,
         .target = &options.only},
        {.name = "seconds",
         .help = "after how long each is ended (15)",
         .kind = OPTION_INT,
         .target = &options.seconds,
         .min = 1,
         .max = 600},
        {.name = "list",
         .help = "show none, only list them",
         .kind = OPTION_FLAG,
         .target = &options.list},
    };
    const pid_t caller = getppid();
    int failed;

    options_parse("Shows what goes wrong, in a sandbox.", rows, sizeof rows / sizeof rows[0], argc,
                  argv);
    surroundings_start_afresh(stop);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != caller)
        return CANNOT;
    failed = take_all(&options);
    if (fflush(stdout) || ferror(stdout))
        failed = -1;
    return stopped ? 128 + stopped : failed ? CANNOT : SHOWN;
}
