#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/trace.h"
#include "tests/unit/support/unit.h"

static void assert_refused(size_t capacity, int error)
{
    errno = 0;
    ck_assert_int_eq(trace_open(capacity), -1);
    ck_assert_int_eq(errno, error);
}

/* The trace's events; there must be `expected` of them, and none lost. */
static const struct trace_event *events_of(size_t expected)
{
    size_t count = 99, lost = 99;
    const struct trace_event *events = trace_events(&count, &lost);

    ck_assert_ptr_nonnull(events);
    ck_assert_uint_eq(count, expected);
    ck_assert_uint_eq(lost, 0);
    return events;
}

START_TEST(with_no_trace_nothing_happens)
{
    size_t count = 99, lost = 99;

    trace_begin();
    ck_assert_int_eq(trace_enter(TRACE_BLOCKED), TRACE_IDLE);
    ck_assert_int_eq(trace_enter(TRACE_COMPUTING), TRACE_IDLE);
    trace_end();
    ck_assert_ptr_null(trace_events(&count, &lost));
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(lost, 0);
    count = 99;
    ck_assert_ptr_null(trace_events(&count, NULL));
    ck_assert_uint_eq(count, 0);
    trace_close();
}
END_TEST

START_TEST(open_refuses_what_it_cannot_do)
{
    assert_refused(0, EINVAL);
    assert_refused(SIZE_MAX, ENOMEM);
    assert_refused(SIZE_MAX / sizeof(struct trace_event), ENOMEM);
    assert_refused(SIZE_MAX / sizeof(struct trace_event) / 2, ENOMEM);
    ck_assert_int_eq(trace_open(1), 0);
    assert_refused(1, EBUSY);
    assert_refused(0, EBUSY);
    trace_close();
    ck_assert_int_eq(trace_open(1), 0);
    trace_close();
}
END_TEST

START_TEST(a_fresh_trace_is_empty)
{
    ck_assert_int_eq(trace_open(4), 0);
    events_of(0);
    trace_begin();
    trace_end();
    events_of(1);
    trace_close();
    ck_assert_int_eq(trace_open(4), 0);
    events_of(0);
    trace_close();
}
END_TEST

START_TEST(a_task_leaves_one_event)
{
    const struct trace_event *event;
    int64_t before, after;

    ck_assert_int_eq(trace_open(4), 0);
    before = clock_wall();
    trace_begin();
    trace_end();
    after = clock_wall();
    event = events_of(1);
    ck_assert_int_eq(event->state, TRACE_COMPUTING);
    ck_assert_int_eq(event->pid, getpid());
    ck_assert_int_eq(event->tid, gettid());
    ck_assert_int_ge(event->begin, before);
    ck_assert_int_ge(event->end, event->begin);
    ck_assert_int_ge(after, event->end);
    trace_close();
}
END_TEST

START_TEST(states_follow_one_another_without_a_gap)
{
    static const enum trace_state expected[] = {TRACE_COMPUTING, TRACE_BLOCKED, TRACE_LOCK,
                                                TRACE_BLOCKED, TRACE_COMPUTING};
    const struct trace_event *events;
    enum trace_state outer, inner;

    ck_assert_int_eq(trace_open(8), 0);
    trace_begin();
    outer = trace_enter(TRACE_BLOCKED);
    ck_assert_int_eq(outer, TRACE_COMPUTING);
    inner = trace_enter(TRACE_LOCK);
    ck_assert_int_eq(inner, TRACE_BLOCKED);
    ck_assert_int_eq(trace_enter(inner), TRACE_LOCK);
    ck_assert_int_eq(trace_enter(outer), TRACE_BLOCKED);
    trace_end();
    events = events_of(5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(events[i].state, expected[i]);
        ck_assert_int_gt(events[i].end, 0);
        if (i > 0)
            ck_assert_int_eq(events[i].begin, events[i - 1].end);
    }
    trace_close();
}
END_TEST

START_TEST(a_lock_is_waited_for_outside_a_task_too_and_idling_leaves_nothing)
{
    const struct trace_event *events;

    ck_assert_int_eq(trace_open(8), 0);
    ck_assert_int_eq(trace_enter(TRACE_IDLE), TRACE_IDLE);
    ck_assert_int_eq(trace_enter(TRACE_LOCK), TRACE_IDLE);
    ck_assert_int_eq(trace_enter(TRACE_IDLE), TRACE_LOCK);
    trace_begin();
    trace_end();
    trace_enter(TRACE_LOCK);
    trace_enter(TRACE_IDLE);
    events = events_of(3);
    ck_assert_int_eq(events[0].state, TRACE_LOCK);
    ck_assert_int_eq(events[1].state, TRACE_COMPUTING);
    ck_assert_int_eq(events[2].state, TRACE_LOCK);
    trace_close();
}
END_TEST

START_TEST(what_finds_no_room_is_counted)
{
    size_t count, lost;
    const struct trace_event *events;
    int64_t before, after;

    ck_assert_int_eq(trace_open(3), 0);
    before = clock_wall();
    for (int i = 0; i < 3; i++) {
        trace_begin();
        trace_end();
    }
    after = clock_wall();
    for (int i = 3; i < 100000; i++) { /* so many, written past the end, would hit something */
        trace_begin();
        trace_end();
    }
    events = trace_events(&count, &lost);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(lost, 100000 - 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ge(events[i].begin, before);
        ck_assert_int_ge(after, events[i].end);
    }
    trace_close();
}
END_TEST

enum { WORKERS = 4, TASKS = 50 };

static void run_tasks(void *unused)
{
    (void)unused;
    for (int i = 0; i < TASKS; i++) {
        trace_begin();
        trace_end();
    }
}

/* Every task of every worker left one event, sorted by begin. Returns the events, and the workers
 * by their thread IDs. */
static const struct trace_event *all_tasks(pid_t tids[WORKERS])
{
    const struct trace_event *events = events_of(WORKERS * TASKS);
    int tasks[WORKERS] = {0}, workers = 0;

    for (size_t i = 0; i < WORKERS * TASKS; i++) {
        int worker = 0;

        while (worker < workers && tids[worker] != events[i].tid)
            worker++;
        ck_assert_int_lt(worker, WORKERS);
        if (worker == workers)
            tids[workers++] = events[i].tid;
        tasks[worker]++;
        ck_assert_int_eq(events[i].state, TRACE_COMPUTING);
        if (i > 0)
            ck_assert_int_ge(events[i].begin, events[i - 1].begin);
    }
    for (int worker = 0; worker < WORKERS; worker++)
        ck_assert_int_eq(tasks[worker], TASKS);
    return events;
}

static pthread_barrier_t threads_are_there;

/* Runs its tasks and stores its thread ID. */
static void *run_tasks_in_thread(void *tid)
{
    *(pid_t *)tid = gettid();
    pthread_barrier_wait(&threads_are_there);
    run_tasks(NULL);
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    return *(const pid_t *)a - *(const pid_t *)b;
}

START_TEST(threads_write_to_the_same_trace)
{
    pthread_t threads[WORKERS];
    pid_t seen[WORKERS], real[WORKERS];
    const struct trace_event *events;

    pthread_barrier_init(&threads_are_there, NULL, WORKERS);
    ck_assert_int_eq(trace_open(WORKERS * TASKS), 0);
    for (int i = 0; i < WORKERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_tasks_in_thread, &real[i]), 0);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    events = all_tasks(seen);
    for (size_t i = 0; i < WORKERS * TASKS; i++)
        ck_assert_int_eq(events[i].pid, getpid());
    qsort(seen, WORKERS, sizeof seen[0], by_id);
    qsort(real, WORKERS, sizeof real[0], by_id);
    ck_assert_mem_eq(seen, real, sizeof seen);
    trace_close();
}
END_TEST

START_TEST(processes_write_to_the_same_trace)
{
    const struct trace_event *events;
    pid_t seen[WORKERS];

    ck_assert_int_eq(trace_open(WORKERS * TASKS), 0);
    for (int i = 0; i < WORKERS; i++)
        ck_assert_int_eq(unit_in_child(run_tasks, NULL), 0);
    events = all_tasks(seen);
    for (size_t i = 0; i < WORKERS * TASKS; i++) {
        ck_assert_int_eq(events[i].pid, events[i].tid);
        ck_assert_int_ne(events[i].pid, getpid());
    }
    trace_close();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        with_no_trace_nothing_happens,
        open_refuses_what_it_cannot_do,
        a_fresh_trace_is_empty,
        a_task_leaves_one_event,
        states_follow_one_another_without_a_gap,
        a_lock_is_waited_for_outside_a_task_too_and_idling_leaves_nothing,
        what_finds_no_room_is_counted,
        threads_write_to_the_same_trace,
        processes_write_to_the_same_trace,
    };

    return unit_main("trace", tests, sizeof tests / sizeof tests[0]);
}
