#include "tests/suites/14-cluster-job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/program/ranks.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-hang.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/watch/proc.h"
#include "tests/watch/processes.h"
#include "tests/watch/protocol.h"

/* The ledger's descriptor, which the ranks inherit. */
static int ledger_file = -1;

static void make_ledger(int ranks)
{
    if (ledger_file == -1) {
        ledger_file = memfd_create("ledger", 0);
        if (ledger_file == -1 || ftruncate(ledger_file, sizeof *ledger))
            grader_fail("This machine gives no shared memory: %s.", strerror(errno));
        ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED, ledger_file, 0);
        if (ledger == MAP_FAILED)
            grader_fail("This machine gives no shared memory: %s.", strerror(errno));
    }
    memset(ledger, 0, sizeof *ledger);
    sem_init(&ledger->room.gate, 1, 0);
    ledger->ranks = ranks;
    ledger_open_anew(0);
}

/* Does not return. The program is found through /proc, where it is called `test`, as a path to it
 * may be closed to us. */
static void become_mpiexec(const char *scene, int ranks, int test)
{
    char self[64], role[128], count[16];
    const char *const words[] = {self, "--be", role, NULL};
    int input = open("/dev/null", O_RDONLY);

    snprintf(self, sizeof self, "/proc/%d/exe", test);
    snprintf(role, sizeof role, "%s:%d", scene, ledger_file);
    snprintf(count, sizeof count, "%d", ranks);
    dup2(input, STDIN_FILENO);
    ranks_exec(count, words);
    perror("mpiexec");
    _exit(127);
}

/* Ends all processes that this one has started, whatever they are. */
static void sweep(void)
{
    const struct timespec pause = {0, 1000000};

    while (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
        processes_signal_descendants(proc_self(), SIGKILL);
        nanosleep(&pause, NULL);
    }
}

/* What a rank has told fails the test. */
static void report_told(void)
{
    char look_at[NOTES_LOOK_AT], *tab = strchr(ledger->text, '\t');
    int rank = atomic_load(&ledger->teller) - 1;

    if (strcmp(ledger->word, PROTOCOL_NOT_STARTED) == 0) {
        errno = ENOSYS;
        grader_begun(ledger->text, false);
    }
    snprintf(look_at, sizeof look_at, "%.*s", (int)(tab ? tab - ledger->text : 0), ledger->text);
    grader_fail_at(look_at, "%s%s", rank > 0 ? wording("On rank %d: ", rank) : "",
                   tab ? tab + 1 : ledger->text);
}

/* Why a rank ended too early, as far as it is known. */
static const char *how_ended(const struct ledger_rank *rank, int status)
{
    int code = atomic_load(&rank->exit_status) - 1;

    if (rank->notes.crash[0])
        return wording("crashed (segmentation fault): %s", rank->notes.crash);
    if (code >= 0)
        return wording("called exit(%d).", code);
    if (WIFEXITED(status) && WEXITSTATUS(status) > 0 && WEXITSTATUS(status) < 32)
        return wording("was killed by a signal (%s), or left with status %d.",
                       strsignal(WEXITSTATUS(status)), WEXITSTATUS(status));
    return "left with _exit, or was killed.";
}

static void report_dead(int number, int status)
{
    const struct ledger_rank *rank = &ledger->ranks_of[number];

    grader_fail_at(rank->notes.look_at,
                   "Rank %d ended in the middle of the job (%s): it %s The others can only wait "
                   "for it.",
                   number, rank->notes.doing[0] ? rank->notes.doing : "its part of the test",
                   how_ended(rank, status));
}

static bool has_ended(const struct ledger_rank *rank)
{
    struct proc_process process;
    int pid = atomic_load(&rank->pid);

    if (pid == 0 || atomic_load(&rank->ended))
        return false;
    if (proc_read_process(pid, &process))
        return errno == ESRCH;
    return process.state == 'Z' || process.state == 'X';
}

static bool went_by_itself(const struct ledger_rank *rank)
{
    return atomic_load(&rank->exit_status) || rank->notes.crash[0];
}

/* A rank that ended before its time; -1: none. mpiexec kills the others then: of several it is the
 * one that was not killed. If nothing tells (after _exit), it is not rank 0: others are more. */
static int find_dead(void)
{
    int dead = -1;

    for (int i = 0; i < ledger->ranks; i++) {
        const struct ledger_rank *rank = &ledger->ranks_of[i];

        if (!has_ended(rank) || atomic_load(&rank->ended))
            continue;
        if (went_by_itself(rank))
            return i;
        dead = i;
    }
    return dead;
}

/* The call that is under way on a rank, for whoever ends the test from outside. */
static void copy_notes(int number)
{
    const struct notes *notes = &ledger->ranks_of[number].notes;

    grader_doing(notes->look_at, "%s", notes->doing);
    if (notes->done_to[0])
        grader_done_to("%s", notes->done_to);
}

static bool all_ended(void)
{
    for (int i = 0; i < ledger->ranks; i++)
        if (!atomic_load(&ledger->ranks_of[i].ended))
            return false;
    return true;
}

/* A rank has used all the CPU time that a process may use. So the test has, too: the judge counts
 * how many tests did not end. */
static void end_for_time(void)
{
    for (int i = 0; i < ledger->ranks; i++)
        if (atomic_load(&ledger->ranks_of[i].out_of_time)) {
            sweep();
            copy_notes(i);
            signal(SIGXCPU, SIG_DFL);
            raise(SIGXCPU);
        }
}

/* Returns 0 once all ranks have come to their end; or how mpiexec ended before, as waitpid says; or
 * fails the test. */
static int watch(pid_t mpiexec)
{
    const struct timespec pause = {0, HANG_LOOK_MS * 1000000};
    struct hang hang = {0};
    int status = 0, dead = -1;

    for (;;) {
        pid_t ended = waitpid(mpiexec, &status, WNOHANG);

        if (all_ended())
            return 0;
        if (atomic_load(&ledger->told) || (dead = find_dead()) != -1 || hang_look(&hang)) {
            /* A rank dies of what killed another one: who told something did so first. */
            const char *hung = hang.said;

            if (dead != -1 && ended != mpiexec && !atomic_load(&ledger->told)) {
                nanosleep(&pause, NULL);
                waitpid(mpiexec, &status, WNOHANG);
            }
            sweep();
            if (dead != -1)
                dead = find_dead();
            if (atomic_load(&ledger->told))
                report_told();
            end_for_time();
            if (dead != -1)
                report_dead(dead, status);
            grader_fail_at(hang.look_at, "%s", hung);
        }
        if (ended == mpiexec)
            return status;
        copy_notes(0);
        nanosleep(&pause, NULL);
    }
}

/* Every message that was sent must have been received. */
static void expect_all_received(void)
{
    for (int from = 0; from < ledger->ranks; from++)
        for (int to = 0; to < ledger->ranks; to++) {
            const struct ledger_rank *rank = &ledger->ranks_of[from];
            int left =
                atomic_load(&rank->sent[to]) - atomic_load(&ledger->ranks_of[to].received[from]);

            expect_at(ledger->ranks_of[to].notes.look_at, left <= 0,
                      "Rank %d sent rank %d %s, and when all was over %d of them had not been "
                      "received. The last one had tag %d.",
                      from, to, plural(atomic_load(&rank->sent[to]), "message"), left,
                      atomic_load(&rank->sent_tag[to]));
        }
}

void job_run(const char *scene, int ranks)
{
    int test = proc_self();
    pid_t mpiexec;
    int status;

    make_ledger(ranks);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    mpiexec = fork();
    if (mpiexec == 0)
        become_mpiexec(scene, ranks, test);
    if (mpiexec == -1)
        grader_fail("This machine gives no process for mpiexec: %s.", strerror(errno));
    status = watch(mpiexec);
    sweep();
    end_for_time();
    for (int i = 0; i < ranks; i++)
        if (atomic_load(&ledger->ranks_of[i].pid) && !atomic_load(&ledger->ranks_of[i].ended))
            report_dead(i, status);
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 0,
           "mpiexec could not run %s, and left with status %d; what it printed is in the output.",
           plural(ranks, "rank"), WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    expect_all_received();
    grader_did();
}
