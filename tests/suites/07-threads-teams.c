/* How large a team is: as large as was asked for, or as the runtime grants. Terms and tasks are
 * worked out in the threads of a team; all else runs in the test's own thread. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* What the runtime is asked for, and how many threads it grants of them. */
enum { ASKED = 8, LIMIT = 3, FEWER_TASKS = 41 };

static int granted(int threads)
{
    int team = 0;

#pragma omp parallel num_threads(threads) default(none) shared(team)
#pragma omp master
    team = omp_get_num_threads();

    return team;
}

struct fewer_sum {
    sum_fn *sum_of;
    int threads, granted, failed;
    long n, sum;
};

static void add_up(struct fewer_sum *what)
{
    what->sum = -1;
    what->failed = what->sum_of(term_identity, what->n, what->threads, &what->sum);
}

static void expect_sum(const char *name, const struct fewer_sum *what, const char *grants)
{
    long right = what->n * (what->n - 1) / 2;

    expect(!what->failed, "%s failed with errno %s where %s.", name, error_name(errno), grants);
    expect(what->sum == right,
           "%s, where %s, should be %ld, but it is %ld. Are the terms shared out among the threads "
           "that are there (omp_get_num_threads), and not among those that were asked for?",
           terms_call(name, what->n, what->threads), grants, right, what->sum);
}

/* Inside a parallel region the runtime grants a team of one, however many are asked for. */
static void expect_one_granted(const char *name, sum_fn *sum_of, int threads)
{
    struct fewer_sum what = {sum_of, threads, 1, 0, 100, -1};

    omp_set_max_active_levels(1);
    grader_doing(name, "%s, called inside a parallel region: the runtime grants one thread",
                 terms_call(name, what.n, threads));
#pragma omp parallel num_threads(2) default(none) shared(what)
#pragma omp master
    add_up(&what);

    grader_did();
    expect_sum(name, &what, "the runtime grants one thread only");
}

/* A limit lets it grant some of them. The number of terms is no multiple of these. */
static void expect_some_granted(const char *name, sum_fn *sum_of)
{
    struct fewer_sum what = {sum_of, ASKED, 0, 0, 101, -1};

    grader_doing(name, "%s, where the runtime grants no more than %d threads",
                 terms_call(name, what.n, ASKED), LIMIT);
#pragma omp teams num_teams(1) thread_limit(LIMIT) default(none) shared(what)
    {
        what.granted = granted(ASKED);
        add_up(&what);
    }
    grader_did();
    expect_sum(name, &what, wording("the runtime grants %s", plural(what.granted, "thread")));
}

void terms_expect_fewer(const char *name, sum_fn *sum_of)
{
    expect_one_granted(name, sum_of, ASKED);
    expect_some_granted(name, sum_of);
    /* Who has a place for each on the stack has none for so many. */
    expect_one_granted(name, sum_of, 2000000);
}

struct fewer_map {
    long in[FEWER_TASKS], out[FEWER_TASKS];
    int granted, failed;
};

static void begin_map(struct fewer_map *what, const char *grants)
{
    for (long i = 0; i < FEWER_TASKS; i++) {
        what->in[i] = i;
        what->out[i] = -1;
    }
    grader_doing("thread_map",
                 "thread_map of %d tasks with %d workers, where the runtime grants %s", FEWER_TASKS,
                 ASKED, grants);
}

static void expect_map(const struct fewer_map *what)
{
    const char *threads = what->granted == 1 ? "one thread only" : plural(what->granted, "thread");

    grader_did();
    expect(!what->failed, "thread_map failed with errno %s where the runtime granted %s.",
           error_name(errno), threads);
    for (int i = 0; i < FEWER_TASKS; i++)
        expect(what->out[i] == what->in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "%d workers were asked for, the runtime granted %s, and the result of task %d is "
               "missing. Tasks are for the threads that are there, not for those that were asked "
               "for.",
               ASKED, threads, i);
}

void map_expect_fewer(void)
{
    struct fewer_map what = {.granted = 1};

    omp_set_max_active_levels(1);
    begin_map(&what, "one thread, as it is called inside a parallel region");
#pragma omp parallel num_threads(2) default(none) shared(what)
#pragma omp master
    what.failed = thread_map(conform_task, what.in, what.out, FEWER_TASKS, ASKED);

    expect_map(&what);
    begin_map(&what, wording("no more than %s", plural(LIMIT, "thread")));
#pragma omp teams num_teams(1) thread_limit(LIMIT) default(none) shared(what)
    {
        what.granted = granted(ASKED);
        what.failed = thread_map(conform_task, what.in, what.out, FEWER_TASKS, ASKED);
    }
    expect_map(&what);
}

static int task_team(long in, long *out)
{
    (void)in;
    *out = omp_get_num_threads();
    return 0;
}

static void expect_team(size_t n, int workers)
{
    enum { MOST = 200 };
    static long in[MOST], out[MOST];
    const struct engine *engine = engine_find("thread_map");
    const char *call = conform_call(engine, n, workers);

    expect(conform_map(engine, NULL, task_team, in, out, n, workers) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    expect(out[0] == workers,
           "%s should work in a team of %d threads, but omp_get_num_threads says %ld there.", call,
           workers, out[0]);
}

void map_expect_few(void)
{
    int most = omp_get_max_threads();

    omp_set_num_threads(5); /* for who does not ask */
    expect_team(2, 2);
    expect_team(6, 2);
    omp_set_num_threads(most);
}

enum { MANY = 70 };

void map_expect_many(void)
{
    expect_team(200, MANY);
}

void map_expect_none(void)
{
    int most = omp_get_max_threads(), before, made;

    omp_set_num_threads(MANY + 20); /* what num_threads(0) comes to */
    before = quiet_look().threads;
    expect(grader_call(thread_map(conform_task, NULL, NULL, 0, 2), "thread_map",
                       "thread_map of 0 tasks with 2 workers") == 0,
           "thread_map of 0 tasks with 2 workers failed with errno %s.", error_name(errno));
    made = quiet_look().threads - before;
    omp_set_num_threads(most);
    expect(made <= 0, "thread_map of 0 tasks with 2 workers should make no team, but it made %s.",
           plural(made, "thread"));
}

static struct meeting *meeting;   /* made by the test before the call */
static atomic_int failed_in_last; /* whether the last thread has had a task */

/* All threads have a task, if they can meet; that of the last one fails. */
static int task_of_last_fails(long in, long *out)
{
    *out = in;
    meeting_join(meeting);
    if (omp_get_thread_num() != MANY - 1)
        return 0;
    atomic_store(&failed_in_last, 1);
    return EDOM;
}

void map_expect_error_of_many(void)
{
    static long in[MANY], out[MANY];
    struct grader_answer answer;

    meeting = meeting_create(MANY);
    grader_trying("thread_map of 70 tasks with 70 workers, of which the last thread's fails");
    answer = grader_answer(thread_map(task_of_last_fails, in, out, MANY, MANY));
    if (atomic_load(&failed_in_last))
        grader_expect_refused(
            wording(
                "A task fails in thread number %d of a team of %d (is an array too small for so "
                "many?): thread_map",
                MANY - 1, MANY),
            answer, EDOM);
    grader_did();
    meeting_free(meeting);
}
