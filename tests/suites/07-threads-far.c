/* Sums of more terms than an int can count, and a map of more tasks, in a process that does not
 * wait for their end. Terms and tasks are worked out in the threads of a team there; all else runs
 * in the test's own process. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* How the process of a far sum ends. */
enum { FAR_FINE = 10, FAR_NEGATIVE, FAR_RETURNED, FAR_ENDLESS, FAR_TEAM = 100 /* and its size */ };
static const long far_terms = (1L << 32) + 3; /* as an int: 3 */
static const size_t far_tasks = (1UL << 32) + 1;
enum { FAR_TASKS = 4 };             /* so many of them are run: more than an int takes for n */
static struct meeting *far_meeting; /* made in that process */
static int far_team;                /* how many threads were asked for; there, too */
static atomic_int far_calls;

/* In a thread of the team, which is not larger or smaller because there is much to do. */
static void look_at_team(void)
{
    int team = omp_get_num_threads();

    if (team != far_team)
        _exit(FAR_TEAM + (team < 100 ? team : 100));
}

/* Nobody waits for all of them: once all threads are at work, and more terms than 3 have been asked
 * for, it is known that n is not taken for an int. */
static long term_far(long i)
{
    static _Thread_local bool been;

    if (i < 0)
        _exit(FAR_NEGATIVE);
    if (!been) {
        look_at_team();
        meeting_join(far_meeting);
    }
    been = true;
    if (atomic_fetch_add(&far_calls, 1) > 1000)
        _exit(FAR_FINE);
    return 0;
}

/* Few tasks are begun: so there need not be more numbers. Of so many tasks libgomp's taskloop runs
 * all in one thread; that is no matter here, as it is none in conform_one_by_one. */
static int task_far(long in, long *out)
{
    static _Thread_local bool been;

    *out = in;
    look_at_team();
    if (!been)
        meeting_join(far_meeting);
    been = true;
    if (atomic_fetch_add(&far_calls, 1) + 1 == FAR_TASKS)
        _exit(FAR_FINE);
    return 0;
}

/* Who keeps something for each task asks for more memory than there is. It must not get it where
 * the judge cannot bound the address space, as of sanitised programs. */
static void bound_memory(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
        atomic_store(&faults_now()->memory_fails_at, 1);
}

static int map_far(int threads)
{
    static const long in[1000];
    static long out[1000];

    bound_memory();
    /* libomp gives each thread its part in advance, and lets others steal from it: there the second
     * thread begins where there is no number. Nobody need be told of that crash. */
    signal(SIGSEGV, SIG_DFL);
    /* What fails may have no memory for so many, or may not be written yet. */
    return thread_map(task_far, in, out, far_tasks, threads) ? FAR_FINE : FAR_RETURNED;
}

static int sum_far(sum_fn *sum_of, int threads)
{
    long sum;

    if (sum_of(term_far, far_terms, threads, &sum) && errno == ENOSYS)
        return FAR_FINE; /* not written yet, which is found out elsewhere */
    return FAR_RETURNED;
}

struct far_sum terms_start_far(sum_fn *sum_of, int threads)
{
    int ends[2];
    pid_t process;

    if (pipe(ends) || (process = fork()) == -1)
        grader_fail("The test itself went wrong: no process to add up in.");
    if (process == 0) {
        char go;

        close(ends[1]);
        if (read(ends[0], &go, 1) != 1)
            _exit(0); /* the test has ended before */
        far_meeting = meeting_create(threads);
        far_team = threads;
        omp_set_num_threads(threads + 1); /* for who does not ask */
        _exit(sum_of ? sum_far(sum_of, threads) : map_far(threads));
    }
    close(ends[0]);
    return (struct far_sum){threads, process, ends[1]};
}

/* Returns how that process ended; -1: it crashed. Fails the test if its team was of another size,
 * and adds `why`. */
static int end_far(const char *name, const char *call, struct far_sum far_sum, const char *why)
{
    int status = 0;

    grader_doing(name, "%s, in a process of its own", call);
    if (write(far_sum.start, "g", 1) != 1)
        grader_fail("The test itself went wrong: the process to add up in has ended.");
    while (waitpid(far_sum.process, &status, 0) == -1 && errno == EINTR)
        ;
    close(far_sum.start);
    grader_did();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return FAR_ENDLESS;
    if (!WIFEXITED(status))
        return -1;
    expect(WEXITSTATUS(status) < FAR_TEAM,
           "%s should work in a team of %s, but omp_get_num_threads says %d there.%s", call,
           plural(far_sum.threads, "thread"), WEXITSTATUS(status) - FAR_TEAM, why);
    return WEXITSTATUS(status);
}

void terms_expect_far(const char *name, struct far_sum far_sum)
{
    const char *call = terms_call(name, far_terms, far_sum.threads);
    int end = end_far(name, call, far_sum, "");

    expect(end != FAR_NEGATIVE,
           "%s worked out a term with a negative index. Is every index and every bound a long?",
           call);
    expect(end != FAR_RETURNED,
           "%s returned after %s. Is every index and every bound a long, and not an int?", call,
           "no more than 1000 terms");
    expect(end == FAR_FINE, "%s crashed.", call);
}

/* A crash is no matter: who looks at all numbers in advance does not find so many. */
void terms_expect_far_map(struct far_sum far_map)
{
    const char *call =
        wording("thread_map of %zu tasks with %d workers", far_tasks, far_map.threads);
    const char *as_int = wording(" As an int this number of tasks is %d: is n compared with "
                                 "workers as a size_t, and is every index one?",
                                 (int)far_tasks);
    int end = end_far("thread_map", call, far_map, as_int);

    faults_reset();
    expect(end != FAR_RETURNED, "%s returned after fewer than %d tasks, which succeeded.%s", call,
           FAR_TASKS, as_int);
    expect(end != FAR_ENDLESS,
           "%s computed for seconds of CPU time, but did not run %d tasks, though those it ran "
           "succeeded.%s",
           call, FAR_TASKS, as_int);
}
