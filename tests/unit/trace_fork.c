/* What fork, and the death of a worker, do to a trace. */
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/trace.h"
#include "tests/unit/support/unit.h"

static void end_idle(void *unused)
{
    (void)unused;
    trace_end();
}

static void run_one(void *unused)
{
    (void)unused;
    trace_begin();
    trace_end();
}

START_TEST(a_child_does_not_go_on_with_its_parents_task)
{
    const struct trace_event *events;
    size_t count, lost;

    ck_assert_int_eq(trace_open(8), 0);
    trace_begin();
    ck_assert_int_eq(unit_in_child(end_idle, NULL), 0);
    ck_assert_int_eq(unit_in_child(run_one, NULL), 0);
    trace_end();
    events = trace_events(&count, &lost);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(lost, 0);
    ck_assert_int_eq(events[0].pid, getpid());
    ck_assert_int_ne(events[1].pid, getpid());
    ck_assert_int_ge(events[0].end, events[1].end);
    trace_close();
}
END_TEST

static void close_trace(void *unused)
{
    (void)unused;
    trace_close();
}

START_TEST(a_child_that_closes_the_trace_leaves_the_parents_open)
{
    size_t count;

    ck_assert_int_eq(trace_open(8), 0);
    ck_assert_int_eq(unit_in_child(close_trace, NULL), 0);
    trace_begin();
    trace_end();
    ck_assert_ptr_nonnull(trace_events(&count, NULL));
    ck_assert_uint_eq(count, 1);
    trace_close();
}
END_TEST

START_TEST(a_worker_killed_in_a_task_leaves_what_it_had_finished)
{
    const struct trace_event *events;
    size_t count;
    pid_t child;

    ck_assert_int_eq(trace_open(8), 0);
    child = fork();
    if (child == 0) {
        trace_begin();
        trace_end();
        trace_begin();
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    events = trace_events(&count, NULL);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(events[0].pid, child);
    trace_close();
}
END_TEST

static uintptr_t page_of(const void *address)
{
    return (uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* Begins and ends tasks until the next event's place lies on another page than the
 * trace's head. Returns how many. */
static size_t fill_first_page(void)
{
    for (size_t tasks = 0;; tasks++) {
        size_t count;
        const struct trace_event *events = trace_events(&count, NULL);

        if (page_of(&events[count]) > page_of(&events[0]))
            return tasks;
        run_one(NULL);
    }
}

/* Dies of a write to its next event, after it has claimed the event's place: makes the page there
 * read-only, in this process alone. */
static void die_while_writing(void *unused)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE), count;
    const struct trace_event *events = trace_events(&count, NULL);

    (void)unused;
    signal(SIGSEGV, SIG_DFL); /* a sanitiser's handler would report it */
    mprotect((void *)(page_of(&events[count]) * size), size, PROT_READ);
    run_one(NULL);
}

START_TEST(a_worker_killed_while_it_writes_leaves_no_event)
{
    size_t tasks;

    ck_assert_int_eq(trace_open(4096), 0);
    tasks = fill_first_page();
    ck_assert_int_eq(WTERMSIG(unit_in_child(die_while_writing, NULL)), SIGSEGV);
    run_one(NULL);
    for (int look = 0; look < 3; look++) {
        size_t count, lost;
        const struct trace_event *events = trace_events(&count, &lost);

        ck_assert_uint_eq(count, tasks + 1);
        ck_assert_uint_eq(lost, 0);
        for (size_t i = 0; i <= tasks; i++)
            ck_assert_int_eq(events[i].pid, getpid());
    }
    trace_close();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_child_does_not_go_on_with_its_parents_task,
        a_child_that_closes_the_trace_leaves_the_parents_open,
        a_worker_killed_in_a_task_leaves_what_it_had_finished,
        a_worker_killed_while_it_writes_leaves_no_event,
    };

    return unit_main("trace_fork", tests, sizeof tests / sizeof tests[0]);
}
