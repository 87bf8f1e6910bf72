/* How a pool hands out work: the length of chunks, their order, and who takes the next one. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/suites/03-pool-support.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

void test_pool_chunk(void)
{
    errno = 0;
    grader_begin("pool_chunk", pool_chunk(1, 1) != 0 || errno != ENOSYS);
    for (int workers = 1; workers <= 64; workers++) {
        for (size_t n = 0; n <= 1000; n++) {
            size_t chunk = n / (4 * (size_t)workers), extra = n % (4 * (size_t)workers);

            chunk += extra > 0;
            expect(pool_chunk(n, workers) == chunk, "pool_chunk(%zu, %d) should be %zu, not %zu.",
                   n, workers, chunk, pool_chunk(n, workers));
        }
    }
    expect(pool_chunk(SIZE_MAX, 1) == SIZE_MAX / 4 + 1, "pool_chunk(SIZE_MAX, 1) overflowed.");
    expect(pool_chunk(10, INT_MAX) == 1, "pool_chunk(10, INT_MAX) should be 1: did it overflow?");
    expect(pool_chunk(SIZE_MAX, INT_MAX) == SIZE_MAX / (4 * (size_t)INT_MAX) + 1,
           "pool_chunk(SIZE_MAX, INT_MAX) is wrong: four times INT_MAX does not fit in an int.");
    expect(pool_chunk(10, 0) == 0 && pool_chunk(10, -1) == 0 && pool_chunk(10, INT_MIN) == 0,
           "With no workers pool_chunk should be 0.");
}

static void expect_rounds(size_t n, size_t chunk, int workers, size_t rounds)
{
    size_t got = pool_rounds(n, chunk, workers);

    expect(got == rounds, "pool_rounds(%zu, %zu, %d) should be %zu, not %zu.", n, chunk, workers,
           rounds, got);
}

void test_pool_rounds(void)
{
    errno = 0;
    grader_begin("pool_rounds", pool_rounds(1, 1, 1) != 0 || errno != ENOSYS);
    expect_rounds(99, 5, 6, 4);
    expect_rounds(99, 1, 6, 17);
    expect_rounds(12, 1, 6, 2);
    expect_rounds(11, 11, 6, 1);
    expect_rounds(10, 3, 2, 2);
    expect_rounds(10, 5, 2, 1);
    expect_rounds(1, 100, 64, 1);
    expect_rounds(0, 5, 6, 0);
    expect_rounds(10, 0, 6, 0);
    expect_rounds(10, 5, 0, 0);
    expect_rounds(10, 5, INT_MIN, 0);
    expect_rounds(10, 5, INT_MAX, 1);
    expect_rounds(SIZE_MAX, 1, 1, SIZE_MAX);
    expect_rounds(SIZE_MAX, SIZE_MAX, 1, 1);
    expect_rounds(SIZE_MAX, SIZE_MAX - 1, 1, 2);
    expect_rounds(SIZE_MAX, 2, 3, SIZE_MAX / 6 + 1);
    expect_rounds(SIZE_MAX, SIZE_MAX / 2 + 1, 2, 1);
}

/* What tasks note in their workers, and the test reads: in shared memory. */
static struct notes {
    atomic_int arrived;
    long first[POOL_WORKERS];              /* the first values that were begun */
    _Atomic(pid_t) ran_by[POOL_TASKS + 1]; /* who ran each value */
    atomic_long order[POOL_TASKS + 1];     /* how many values had been begun before it */
    atomic_int finished;
} * notes;

/* In a worker. */
static int task_note(long in, long *out)
{
    int place = atomic_fetch_add(&notes->arrived, 1);

    atomic_store(&notes->ran_by[in], getpid());
    atomic_store(&notes->order[in], place);
    *out = in;
    if (place < POOL_WORKERS) {
        notes->first[place] = in;
        return meeting_join(pool_meeting);
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b);
}

/* Chunks of five: the caller asks for them, or (chunk 0) pool_chunk does. */
static void try_first_values(size_t chunk, const char *look_at)
{
    static const long wanted[POOL_WORKERS] = {1, 6, 11, 16, 21, 26};
    const char *call;
    struct pool *pool;
    int failed;

    notes = grader_share(1, sizeof *notes);
    pool_meeting = meeting_create(POOL_WORKERS);
    pool = pool_begin(POOL_WORKERS);
    call = pool_call(POOL_TASKS, chunk);
    failed = pool_try(pool, chunk ? "start_map" : look_at, task_note, POOL_TASKS, chunk);
    expect(!failed || meeting_most(pool_meeting) < POOL_WORKERS, "%s failed with errno %s.", call,
           error_name(errno));
    expect(!failed,
           "%s: %d workers should be at work at the same time, but there were never more than %d.",
           call, POOL_WORKERS, meeting_most(pool_meeting));
    pool_lead_to(look_at);
    qsort(notes->first, POOL_WORKERS, sizeof notes->first[0], by_value);
    for (int i = 0; i < POOL_WORKERS; i++)
        expect(notes->first[i] == wanted[i],
               "%s: the first values begun should be 1, 6, 11, 16, 21 and 26, but they were %ld, "
               "%ld, %ld, %ld, %ld and %ld.",
               call, notes->first[0], notes->first[1], notes->first[2], notes->first[3],
               notes->first[4], notes->first[5]);
    for (long value = 1; value <= POOL_TASKS; value++) {
        long head = (value - 1) / 5 * 5 + 1;

        expect(notes->ran_by[value] == notes->ran_by[head],
               "%s: values %ld and %ld belong to one chunk, but two workers ran them.", call, head,
               value);
        expect(value == head || notes->order[value] > notes->order[value - 1],
               "%s: values %ld and %ld belong to one chunk, but were begun in the wrong order.",
               call, value - 1, value);
    }
    pool_end(pool);
    meeting_free(pool_meeting);
    shared_free(notes);
}

void test_pool_first_values(void)
{
    try_first_values(5, "work_off");
    try_first_values(0, "pool_map");
}

/* In a worker. The first task waits until all tasks outside its chunk have run: by other workers,
 * then. */
static int task_first_waits(long in, long *out)
{
    *out = in;
    if (in == 1 || atomic_fetch_add(&notes->finished, 1) + 1 == 10 - 2)
        return meeting_join(pool_meeting);
    return 0;
}

/* In a worker. The first task waits for the last one, which is a chunk of its own. */
static int task_first_meets_last(long in, long *out)
{
    *out = in;
    return in == 1 || in == 4 ? meeting_join(pool_meeting) : 0;
}

/* What is left at the end is a short chunk, and not a part of the one before it. */
static void try_short_last_chunk(void)
{
    struct pool *pool;

    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    expect(pool_try(pool, "work_off", task_first_meets_last, 4, 3) == 0,
           "4 tasks in chunks of 3 are a chunk of 3 and one of 1, so 2 workers should be at work "
           "at once, but there was never more than 1. No chunk is longer than asked for.");
    pool_end(pool);
    meeting_free(pool_meeting);
}

/* Four tasks on a pool that has room for more: two workers get chunks of one, and not of all. */
static void try_chunk_of_few(void)
{
    const char *call;
    struct pool *pool;
    int failed;

    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    call = pool_call(4, 0);
    failed = pool_try(pool, "pool_map", task_first_meets_last, 4, 0);
    expect(!failed,
           "%s: %d workers should be at work at the same time, but there were never more than %d.",
           call, 2, meeting_most(pool_meeting));
    pool_end(pool);
    meeting_free(pool_meeting);
}

/* A map of which one task waits for all others: in shared memory, for what is to be seen. */
static struct whole {
    size_t n, chunk;
    long waits;                          /* the first value of a chunk */
    atomic_int begun_by[POOL_TASKS + 1]; /* who has begun each value; 0: nobody so far */
    atomic_long split;                   /* a value of this chunk that another began; 0: none */
} * whole;

/* In a worker. */
static int task_waits_in_chunk(long in, long *out)
{
    *out = in;
    atomic_store(&whole->begun_by[in], getpid());
    if (in != whole->waits)
        return 0;
    quiet_wait_briefly(NULL);
    for (long value = in + 1; value < in + (long)whole->chunk && value <= (long)whole->n; value++) {
        pid_t by = atomic_load(&whole->begun_by[value]);

        if (by != 0 && by != getpid())
            atomic_store(&whole->split, value);
    }
    return 0;
}

/* Each chunk in turn is held up at its first task, while the others have nothing else to do any
 * more than what is left of it. */
static void try_whole_chunks(int workers, size_t n, size_t chunk)
{
    struct pool *pool;

    whole = grader_share(1, sizeof *whole);
    pool = pool_begin(workers);
    for (size_t head = 0; head < n; head += chunk) {
        const char *call = pool_call(n, chunk);

        memset(whole, 0, sizeof *whole);
        whole->n = n;
        whole->chunk = chunk;
        whole->waits = (long)head + 1;
        pool_must_map(pool, "work_off", "", task_waits_in_chunk, n, chunk);
        expect(whole->split == 0,
               "%s: values %ld and %ld belong to one chunk, but two workers ran them.", call,
               whole->waits, whole->split);
    }
    pool_end(pool);
    shared_free(whole);
}

void test_pool_dynamic(void)
{
    struct pool *pool;

    notes = grader_share(1, sizeof *notes);
    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    expect(pool_try(pool, "work_off", task_first_waits, 10, 2) == 0,
           "While one worker is busy with a long chunk, the other should work off all other "
           "chunks, but some chunks were left: a worker that is free should take the next chunk.");
    pool_end(pool);
    meeting_free(pool_meeting);
    shared_free(notes);
    try_short_last_chunk();
    try_chunk_of_few();
    try_whole_chunks(2, 11, 4);
    try_whole_chunks(3, 4, 4);
}
