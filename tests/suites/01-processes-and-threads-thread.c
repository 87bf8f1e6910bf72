/* The work is done by a second thread. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/01-processes-and-threads-support.h"

static void expect_second_thread(void)
{
    expect(who->pid == getpid(),
           "A thread lives in the same process, but the work ran in another process.");
    expect(!pthread_equal(who->thread, pthread_self()),
           "The work should be done by a second thread, but the calling one did it.");
    expect(who->in_team, "The work should be done by an OpenMP thread: by the second one of a "
                         "parallel region. It was done outside of any region.");
    expect(who->team == 2,
           "The work should be done in a parallel region of two threads, but its region had %d.",
           who->team);
}

static atomic_int nested_calls;

/* Whether the call in it is granted a thread, or is not, is nothing to the one around it. */
static void call_again(void *argument)
{
    (void)argument;
    run_in_thread(who_note, NULL);
    atomic_fetch_add(&nested_calls, 1);
}

static void check_nested(void)
{
    atomic_store(&nested_calls, 0);
    expect(grader_call(run_in_thread(call_again, NULL), "run_in_thread",
                       "run_in_thread, whose work calls run_in_thread") == 0,
           "run_in_thread, whose work calls run_in_thread, failed with errno %s, but its work was "
           "done (%s). Does the inner call change a note of the outer one?",
           error_name(errno), plural(atomic_load(&nested_calls), "time"));
}

/* The inner call gets a thread of its own, and must not wait for anything that the outer one holds
 * while its work is under way. */
static void check_nested_teams(void)
{
    const int levels = omp_get_max_active_levels();

    omp_set_max_active_levels(2);
    check_nested();
    omp_set_max_active_levels(levels);
}

/* The caller is a thread of a region itself, and may open another one in it. */
static void check_in_region(void)
{
    const int levels = omp_get_max_active_levels();
    int granted = 0, failed = 0, error = 0;
    pthread_t caller = pthread_self();

    atomic_store(&who->times, 0);
    omp_set_max_active_levels(2);
    grader_doing("run_in_thread", "run_in_thread, called in a parallel region");
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 1) {
        granted = who_threads_granted();
        caller = pthread_self();
        failed = run_in_thread(who_note, NULL);
        error = errno;
    }
    grader_did();
    omp_set_max_active_levels(levels);
    expect(granted < 2 || (!failed && atomic_load(&who->times) == 1),
           "run_in_thread was called by thread 1 of a parallel region, where regions in a region "
           "are allowed (omp_set_max_active_levels) and get 2 threads. It returned %d with errno "
           "%s, and the work was done %s. Let the runtime say whether there is a second thread.",
           failed, failed ? error_name(error) : "0", plural(atomic_load(&who->times), "time"));
    expect(granted < 2 || !pthread_equal(who->thread, caller),
           "The work should be done by a second thread, but the calling one did it.");
}

/* Two threads on one CPU are two threads. */
static void check_one_cpu(void)
{
    cpu_set_t usual, one;

    if (sched_getaffinity(0, sizeof usual, &usual) != 0)
        return;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &usual))
            CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        return;
    who_expect_done("run_in_thread", ", where there is one CPU only,", run_in_thread, who_note);
    expect_second_thread();
    sched_setaffinity(0, sizeof usual, &usual);
}

void test_run_in_thread(void)
{
    who_begin("run_in_thread", run_in_thread,
              "What it returns should follow from a variable that is declared before the region, "
              "and written in it by the thread that has done the work, and by no other. (Outside "
              "of a region omp_get_num_threads() is always 1.)");
    for (int i = 0; i < 50; i++) {
        who_expect_done("run_in_thread", "", run_in_thread, who_note);
        expect_second_thread();
    }
    who_expect_done("run_in_thread", "", run_in_thread, who_note_late);
    check_nested();
    check_nested_teams();
    errno = EAGAIN;
    expect(run_in_thread(who_note, NULL) == 0,
           "errno was EAGAIN before run_in_thread was called, and all went well; but it returned "
           "-1. A call that succeeds says nothing in errno.");
    check_in_region();
    check_one_cpu();
    grader_refused("run_in_thread with no work (NULL)", run_in_thread(NULL, NULL), EINVAL);
    omp_set_num_threads(1); /* what a region gets that asks for nothing */
    who_expect_done("run_in_thread", ", where regions have one thread unless they ask for more,",
                    run_in_thread, who_note);
    expect_second_thread();
    omp_set_max_active_levels(0); /* no region gets a team from now on */
    atomic_store(&who->times, 0);
    grader_refused("run_in_thread, after calls that succeeded, where the runtime grants no second "
                   "thread any more,",
                   run_in_thread(who_note, NULL), EAGAIN);
    expect(atomic_load(&who->times) == 0, "Without a second thread the work should not be done.");
    shared_free(who);
}
