/* Right: everything by halves. The map and the sum split their range and recurse; the times are
 * merge-sorted as they come up from the recursion. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Runs the tasks of one range. Returns 0, or the error of the first that fails. */
static int map_range(task_fn *task, const long in[], long out[], size_t n)
{
    int error = 0;

    if (n == 1)
        return task(*in, out);
    if (n > 1)
        error = map_range(task, in, out, n / 2);
    if (n > 1 && !error)
        error = map_range(task, in + n / 2, out + n / 2, n - n / 2);
    return error;
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    int error = map_args_ok(task, in, out, n, workers) ? map_range(task, in, out, n) : EINVAL;

    if (error)
        errno = error;
    return error ? -1 : 0;
}

static long sum_range(term_fn *term, long begin, long end)
{
    long middle = begin + (end - begin) / 2;

    if (end - begin < 2)
        return end > begin ? term(begin) : 0;
    return sum_range(term, begin, middle) + sum_range(term, middle, end);
}

int serial_sum(term_fn *term, long n, long *sum)
{
    if (!term || !sum || n < 0) {
        errno = EINVAL;
        return -1;
    }
    *sum = sum_range(term, 0, n);
    return 0;
}

/* What is run, and where the lengths of the runs go. */
struct session {
    clock_fn *clock;
    void (*work)(void *argument);
    void *argument;
    int64_t *lengths, *spare; /* room for as many as there are runs */
};

/* Makes the runs begin .. end - 1; their lengths stand in order then. */
static void time_range(struct session *session, size_t begin, size_t end)
{
    size_t middle = begin + (end - begin) / 2, left = begin, right = middle;

    if (end - begin == 1) {
        int64_t start = session->clock();

        session->work(session->argument);
        session->lengths[begin] = session->clock() - start;
        return;
    }
    time_range(session, begin, middle);
    time_range(session, middle, end);
    for (size_t i = begin; i < end; i++) {
        bool take_left =
            right == end || (left < middle && session->lengths[left] <= session->lengths[right]);

        session->spare[i] = session->lengths[take_left ? left++ : right++];
    }
    memcpy(session->lengths + begin, session->spare + begin,
           (end - begin) * sizeof *session->lengths);
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    struct session session = {clock, work, argument, NULL, NULL};
    size_t runs = (size_t)repeats;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    session.lengths = calloc(2 * runs, sizeof *session.lengths);
    if (!session.lengths) {
        errno = ENOMEM;
        return -1;
    }
    session.spare = session.lengths + runs;
    while (warmups-- > 0)
        work(argument);
    time_range(&session, 0, runs);
    timing->min = session.lengths[0];
    timing->median = session.lengths[runs / 2];
    if (runs % 2 == 0)
        timing->median =
            session.lengths[runs / 2 - 1] + (timing->median - session.lengths[runs / 2 - 1]) / 2;
    free(session.lengths);
    return 0;
}

double speedup(double serial, double parallel)
{
    if (!(serial > 0) || !(parallel > 0))
        return NAN;
    return 1 / (parallel / serial);
}

double efficiency(double times_as_fast, int workers)
{
    if (!(times_as_fast > 0) || workers < 1)
        return NAN;
    return times_as_fast * (1.0 / workers);
}

double karp_flatt(double times_as_fast, int workers)
{
    if (!(times_as_fast > 0) || workers < 2)
        return NAN;
    return (workers - times_as_fast) / (times_as_fast * (workers - 1));
}
