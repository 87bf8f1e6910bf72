#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/handovers.h"
#include "common/program/traced.h"
#include "common/program/tracefile.h"
#include "tests/unit/support/unit.h"

enum { BEGIN = 1000000, A = 1, B = 2 };

/* An event of thread `tid` of this process, in microseconds since BEGIN. */
static struct trace_event event(pid_t tid, enum trace_state state, int64_t from, int64_t to)
{
    return (struct trace_event){BEGIN + from * 1000, BEGIN + to * 1000, getpid(), tid, state};
}

/* A computes, is asked for the lock, and waits until B is done with it. */
static size_t two_take_turns(struct trace_event events[8])
{
    size_t count = 0;

    events[count++] = event(A, TRACE_LOCK, 0, 1);
    events[count++] = event(A, TRACE_COMPUTING, 1, 5000);
    events[count++] = event(B, TRACE_LOCK, 10, 5002);
    events[count++] = event(A, TRACE_LOCK, 5000, 9001);
    events[count++] = event(B, TRACE_COMPUTING, 5003, 9000);
    events[count++] = event(A, TRACE_COMPUTING, 9001, 9100);
    return count;
}

static size_t handovers_of(const struct trace_event events[], size_t count,
                           struct handover changes[16])
{
    struct workers workers;
    struct handover *found;
    size_t changed;

    ck_assert_int_eq(workers_find(&workers, events, count), 0);
    found = handovers_find(&workers, events, count, &changed);
    ck_assert_ptr_nonnull(found);
    ck_assert_uint_le(changed, 16);
    memcpy(changes, found, changed * sizeof *changes);
    free(found);
    workers_free(&workers);
    return changed;
}

static void assert_change(const struct handover *change, int64_t at, size_t to, size_t from,
                          int64_t given)
{
    ck_assert_int_eq(change->at, BEGIN + at * 1000);
    ck_assert_uint_eq(change->to, to);
    ck_assert_uint_eq(change->from, from);
    ck_assert_int_eq(change->given, from ? BEGIN + given * 1000 : 0);
}

START_TEST(handovers_follow_the_lock)
{
    struct trace_event events[8];
    struct handover changes[16];

    ck_assert_uint_eq(handovers_of(events, two_take_turns(events), changes), 6);
    assert_change(&changes[0], 1, 1, 0, 0);
    assert_change(&changes[1], 5000, 0, 0, 0);
    assert_change(&changes[2], 5002, 2, 1, 5000);
    assert_change(&changes[3], 9000, 0, 0, 0);
    assert_change(&changes[4], 9001, 1, 2, 9000);
    assert_change(&changes[5], 9100, 0, 0, 0);
}
END_TEST

START_TEST(whoever_blocks_has_given_the_lock_up)
{
    const struct trace_event events[] = {
        event(A, TRACE_LOCK, 0, 1),        event(A, TRACE_COMPUTING, 1, 2),
        event(A, TRACE_BLOCKED, 2, 50),    event(A, TRACE_LOCK, 50, 51),
        event(A, TRACE_COMPUTING, 51, 60),
    };
    struct handover changes[16];

    ck_assert_uint_eq(handovers_of(events, 5, changes), 4);
    assert_change(&changes[1], 2, 0, 0, 0);
    assert_change(&changes[2], 51, 1, 0, 0); /* from oneself: no hand-over */
}
END_TEST

START_TEST(without_a_lock_nothing_changes_hands)
{
    const struct trace_event events[] = {event(A, TRACE_COMPUTING, 0, 9),
                                         event(B, TRACE_BLOCKED, 1, 8)};
    struct handover changes[16];

    ck_assert_uint_eq(handovers_of(events, 2, changes), 0);
}
END_TEST

/* Writes `runs` times the same trace to `path` and reads it back: the list of its events. */
static json_t *written(const char *path, int runs)
{
    struct trace_event events[8];
    size_t count = two_take_turns(events);
    struct tracefile *file = tracefile_open(path);
    json_t *root;

    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < runs; i++)
        ck_assert_int_eq(tracefile_add(file, "turns", BEGIN, events, count), 0);
    ck_assert_int_eq(tracefile_close(file), 0);
    root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(root);
    return root;
}

/* How many events of a kind there are in run `pid`; the last of them in *last. */
static int events_of(const json_t *root, const char *ph, int pid, json_t **last)
{
    json_t *one;
    size_t i;
    int found = 0;

    json_array_foreach(json_object_get(root, "traceEvents"), i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "ph")), ph) == 0 &&
            json_integer_value(json_object_get(one, "pid")) == pid) {
            found++;
            *last = one;
        }
    }
    return found;
}

static void name_scratch(char path[32])
{
    int file;

    strcpy(path, "build/tracefile.XXXXXX");
    file = mkstemp(path);
    ck_assert_int_ne(file, -1);
    /* Longer than what is written next: the rest must go. */
    ck_assert_int_eq(ftruncate(file, 100000), 0);
    close(file);
}

START_TEST(file_has_slices_arrows_and_a_counter)
{
    char path[32];
    json_t *root, *last = NULL;

    name_scratch(path);
    root = written(path, 2);
    for (int pid = 1; pid <= 2; pid++) {
        ck_assert_int_eq(events_of(root, "X", pid, &last), 6);
        ck_assert_double_eq(json_real_value(json_object_get(last, "ts")), 9001);
        ck_assert_double_eq(json_real_value(json_object_get(last, "dur")), 99);
        ck_assert_str_eq(json_string_value(json_object_get(last, "name")), "computing");
        ck_assert_int_eq(events_of(root, "C", pid, &last), 6);
        ck_assert_int_eq(events_of(root, "s", pid, &last), 2);
        ck_assert_int_eq(json_integer_value(json_object_get(last, "tid")), 2);
        ck_assert_double_eq(json_real_value(json_object_get(last, "ts")), 8999.999);
        ck_assert_int_eq(events_of(root, "f", pid, &last), 2);
        ck_assert_int_eq(json_integer_value(json_object_get(last, "id")), 2 * pid);
        ck_assert_double_eq(json_real_value(json_object_get(last, "ts")), 9000.999);
        ck_assert_int_eq(events_of(root, "M", pid, &last), 4);
    }
    json_decref(root);
    unlink(path);
}
END_TEST

START_TEST(what_was_there_is_kept_until_the_end)
{
    char path[32];
    struct tracefile *file;
    json_t *root, *last = NULL;

    name_scratch(path);
    json_decref(written(path, 1));
    file = tracefile_open(path);
    ck_assert_ptr_nonnull(file);
    root = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(events_of(root, "X", 1, &last), 6);
    json_decref(root);
    ck_assert_int_eq(tracefile_close(file), 0);
    unlink(path);

    errno = 0;
    ck_assert_ptr_null(tracefile_open("build/no/such/folder"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(tracefile_add(NULL, "nothing", 0, NULL, 0), 0);
    ck_assert_int_eq(tracefile_close(NULL), 0);
}
END_TEST

static int twice(long in, long *out)
{
    *out = 2 * in;
    return in < 0 ? ERANGE : 0;
}

START_TEST(traced_task_does_what_the_task_does)
{
    char path[32];
    json_t *root, *last = NULL;
    task_fn *task;
    long out = 0;

    ck_assert(traced_begin(NULL, twice, 1) == twice);
    ck_assert_int_eq(traced_end("none"), 0);

    name_scratch(path);
    task = traced_begin(path, twice, 2);
    ck_assert_int_eq(task(21, &out), 0);
    ck_assert_int_eq(out, 42);
    ck_assert_int_eq(task(-1, &out), ERANGE);
    ck_assert_int_eq(traced_end("two tasks"), 0);
    root = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(events_of(root, "X", 1, &last), 2);
    json_decref(root);
    unlink(path);
}
END_TEST

START_TEST(several_runs_are_as_many_processes_in_the_file)
{
    char path[32];
    json_t *root, *last = NULL;

    traced_start(1);
    ck_assert_int_eq(traced_add("without a file"), 0);
    ck_assert_int_eq(traced_close(), 0);

    name_scratch(path);
    traced_open(path);
    for (int run = 0; run < 2; run++) {
        traced_start(1);
        trace_enter(TRACE_COMPUTING);
        trace_enter(TRACE_IDLE);
        ck_assert_int_eq(traced_add(run ? "second" : "first"), 0);
    }
    ck_assert_int_eq(traced_close(), 0);
    root = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(events_of(root, "X", 1, &last), 1);
    ck_assert_int_eq(events_of(root, "X", 2, &last), 1);
    json_decref(root);
    unlink(path);
}
END_TEST

static void begin_nowhere(void *argument)
{
    (void)argument;
    traced_begin("build/no/such/folder", twice, 1);
}

START_TEST(traced_says_if_there_is_no_such_folder)
{
    struct unit_output output;

    unit_capture(begin_nowhere, NULL, &output);
    ck_assert_int_eq(output.status, BAD_USAGE << 8);
    ck_assert_ptr_nonnull(strstr(output.err, "--trace 'build/no/such/folder': No such file"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        handovers_follow_the_lock,
        whoever_blocks_has_given_the_lock_up,
        without_a_lock_nothing_changes_hands,
        file_has_slices_arrows_and_a_counter,
        what_was_there_is_kept_until_the_end,
        traced_task_does_what_the_task_does,
        several_runs_are_as_many_processes_in_the_file,
        traced_says_if_there_is_no_such_folder,
    };

    return unit_main("tracefile", tests, sizeof tests / sizeof tests[0]);
}
