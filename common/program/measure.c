#include "common/program/measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interp.h"
#include "common/tasks.h"

/* Written before workers are made; threads read it, children copy it. */
static int64_t until;

void die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(EXIT_FAILURE);
}

void must(int failed, const char *what)
{
    if (failed)
        die(what);
}

int task_nothing(long in, long *out)
{
    *out = in;
    return 0;
}

void task_set_until(int64_t moment)
{
    until = moment;
}

int task_until(long in, long *out)
{
    for (*out = in; clock_wall() < until;)
        for (int i = 0; i < 1000; i++)
            interp_tick();
    return 0;
}

double time_sum(map_fn *map, int workers, long n)
{
    size_t count = (size_t)workers;
    long *slices = calloc(count, sizeof *slices), *sums = calloc(count, sizeof *sums);
    int64_t took;

    must(!slices || !sums || tasks_plan_sum((struct sum_plan){n, workers, 1}), "sum");
    for (size_t i = 0; i < count; i++)
        slices[i] = (long)i;
    took = clock_wall();
    must(map(task_sum_slice, slices, sums, count, workers), "sum");
    took = clock_wall() - took;
    free(slices);
    free(sums);
    return (double)took / NS_PER_S;
}
