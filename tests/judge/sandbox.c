/* Theory of operation
 *
 *   judge --- supervisor --- init --- program --- whatever it starts
 *
 * Processes. The judge forks a supervisor for each program, and keeps an eye on it from outside
 * (tests/judge/job.c). The supervisor stands for one program and all that it starts. Init is the
 * first process of a PID namespace; where tests run without namespaces there is none, and the
 * supervisor does its work. Supervisor and init are forked copies of the judge; only the program
 * is another one. A program that is "trusted" (a build) skips the steps marked (t).
 *
 * Channels. `end` is a pipe to the judge, for one struct sandbox_end when the program has ended. If
 * the judge reads an end of file instead, whoever should have written is dead. `failed` is a pipe
 * from the program to its parent: exec closes it, or it brings the errno with which exec failed.
 * `report` is a test's socket (tests/watch/protocol.h). The output is a file, or a pipe to whoever
 * shows it. Forked copies have all of the judge's descriptors; the program has none, as all of them
 * are close-on-exec.
 *
 * Rights are given up step by step. In the supervisor:
 *  1. It opens program and output: another user might not be able to.
 *  2. It begins a session, so that Ctrl-C in a terminal reaches the judge alone.
 *  3. It offers itself to the kernel, to be killed first if memory runs out. Its file in /proc
 *     belongs to root after step 4.
 *  4. (t) Root becomes nobody, where it can: neither file permissions nor a limit on processes bind
 *     root.
 *  5. (t) Without namespaces it makes itself one that cannot be traced: the program may have the
 *     same user. In its namespaces it has rights that the program lacks, so it cannot be traced
 *     either way; and it must not hide, as a /proc that is mounted with hidepid would not show it
 *     to the judge.
 *  6. (t) It enters namespaces, after step 4, so that these are nobody's.
 *  7. It asks for SIGKILL when its parent dies, after step 4, as a change of user takes that back.
 *     Its parent may be dead already: it looks. Init and program ask for the same.
 * In init, which step 6 has put into the PID namespace (its parent is still outside):
 *  8. (t) It mounts /proc, which shows the namespace of whoever mounts it, covers the folders that
 *     are to be hidden, and makes all other file systems read-only. For a lab that uses the network
 *     it raises the loopback device of its own network namespace: that leads nowhere but to the
 *     same test.
 * In the process that becomes the program:
 *  9. It takes its descriptors, says hello, and begins a session: signals to its process group
 *     reach nobody else. It rules out that a set-user-ID program gives rights back, and (t) gives
 *     up those that root has, and that anybody has in a user namespace of his own.
 * 10. It sets its limits, last, as the steps before might need more than these allow.
 *
 * Who reaps whom. Init reaps the program, and every process in the namespace whose parent has died.
 * The supervisor reaps init, the judge the supervisor. Without init the supervisor is a subreaper:
 * the orphans come to it.
 *
 * How it ends. Usually the program ends first: init writes to `end` and leaves, and the kernel
 * kills all that is left in the namespace. Without init, the supervisor writes and then sweeps. Or
 * the judge has seen enough (job_kill): it kills the supervisor, init dies with its parent, and the
 * namespace with init. Without init, it kills the program and leaves the supervisor to sweep. If
 * the judge is killed, the supervisor dies with it, and so on down. Without init only the program
 * itself is sure to die then. If the program kills its supervisor (it can only without a
 * namespace), the orphans come to the judge, which sweeps when the grading is over. */
#include "tests/judge/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/judge/confine.h"
#include "tests/judge/files.h"
#include "tests/watch/processes.h"
#include "tests/watch/protocol.h"

/* Orphans of a program that may end before it is killed. More of them come from a bomb: each of its
 * processes makes another one and leaves, so that at any time there are few. */
enum { MOST_ORPHANS = 2000 };

static bool is_isolated(const struct sandbox *sandbox)
{
    return sandbox->isolate && !sandbox->trusted;
}

/* Steps 9 and 10, and exec. Does not return. */
static void become_program(const struct sandbox *sandbox, int program, int output, int failed)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int error;

    confine_reset_signals();
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (sandbox->report != -1) {
        send(sandbox->report, PROTOCOL_HELLO, strlen(PROTOCOL_HELLO), MSG_NOSIGNAL);
        dup2(sandbox->report, SANDBOX_REPORT);
    }
    if (sandbox->notes != -1)
        dup2(sandbox->notes, SANDBOX_NOTES);
    if (!sandbox->trusted && chdir("/tmp") && chdir("/"))
        _exit(127);
    setsid();
    if (!sandbox->trusted)
        confine_drop_capabilities();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    confine_set_limits(sandbox);
    fexecve(program, sandbox->argv, sandbox->envp);
    error = errno;
    (void)!write(failed, &error, sizeof error);
    _exit(127);
}

/* Starts the program as a child, reaps it and whatever orphans come, and tells the judge how it
 * ended. */
static void run_program(const struct sandbox *sandbox, int program, int output, int end)
{
    struct sandbox_end message = {0};
    int failed[2], orphans = 0;
    pid_t child, ended;

    if (pipe2(failed, O_CLOEXEC) || (child = fork()) == -1)
        _exit(errno);
    if (child == 0)
        become_program(sandbox, program, output, failed[1]);
    close(failed[1]);
    if (read(failed[0], &message.error, sizeof message.error) <= 0)
        message.error = 0;
    while ((ended = waitpid(-1, &message.status, 0)) != child) {
        if (ended == -1 && errno != EINTR)
            _exit(errno);
        if (++orphans == MOST_ORPHANS)
            message.orphans = kill(child, SIGKILL) == 0;
    }
    (void)!write(end, &message, sizeof message);
}

/* Opens what the program is and what it prints to. Ends the process if that fails. */
static void open_files(const struct sandbox *sandbox, int *program, int *output)
{
    *program = open(sandbox->program, O_RDONLY | O_CLOEXEC);
    *output = sandbox->stream;
    if (sandbox->output) {
        unlink(sandbox->output); /* the program may have taken away our right to write the last */
        *output = open(sandbox->output, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    }
    if (*program == -1 || *output == -1)
        _exit(errno);
}

/* Steps 2 to 7. Ends the process if one fails that the others need. */
static void give_up_rights(const struct sandbox *sandbox, pid_t judge)
{
    confine_reset_signals();
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    files_write("/proc/self/oom_score_adj", "1000");
    if (!sandbox->trusted)
        confine_become_nobody();
    if (!sandbox->trusted && !sandbox->isolate)
        prctl(PR_SET_DUMPABLE, 0);
    if (is_isolated(sandbox) && confine_enter_namespaces())
        _exit(errno);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != judge)
        _exit(ESRCH);
}

/* The calling process has just been forked by the judge. Does not return. */
static void supervise(const struct sandbox *sandbox, pid_t judge, int end)
{
    int program, output, status = 0;
    pid_t init;

    open_files(sandbox, &program, &output);
    give_up_rights(sandbox, judge);
    if (!is_isolated(sandbox)) {
        run_program(sandbox, program, output, end);
        sandbox_sweep();
        _exit(0);
    }
    init = fork();
    if (init == -1)
        _exit(errno);
    if (init == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (sandbox->network)
            confine_raise_loopback();
        confine_arrange_mounts(sandbox, program);
        run_program(sandbox, program, output, end);
        _exit(0);
    }
    while (waitpid(init, &status, 0) == -1 && errno == EINTR)
        ;
    /* Killed, it has started well: this is one test's fault, or the system's, and no reason to end
     * the grading. */
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

pid_t sandbox_start(const struct sandbox *sandbox, int *end)
{
    int ends[2];
    pid_t judge = getpid(), supervisor;

    if (pipe2(ends, O_CLOEXEC))
        return -1;
    supervisor = fork();
    if (supervisor == 0)
        supervise(sandbox, judge, ends[1]);
    close(ends[1]);
    if (supervisor == -1) {
        close(ends[0]);
        return -1;
    }
    *end = ends[0];
    return supervisor;
}

/* Who forks faster than he is found is stopped first, with all others. Not before that: if the
 * sweeper is killed itself in between, the stopped ones stay for ever. */
void sandbox_sweep(void)
{
    enum { ROUNDS = 10000, ROUNDS_WITHOUT_STOP = 20 };

    for (int round = 0; round < ROUNDS; round++) {
        bool stop = round >= ROUNDS_WITHOUT_STOP;
        int stopped = stop ? processes_signal_descendants(getpid(), SIGSTOP) : 0;
        int found = processes_signal_descendants(getpid(), SIGKILL);

        if (stopped > found)
            found = stopped;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (found <= 0 && waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
            return;
        usleep(1000);
    }
}
