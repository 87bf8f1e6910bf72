/* Right: results and what they are compared with are two halves of one piece of memory. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "08-serial/serial.h"

static void time_it(const struct contrast_plan *plan, const struct contrast_engine *engine,
                    long got[], struct contrast_row *row)
{
    unsigned long count = engine->counter ? engine->counter() : 0;
    int64_t cpu = plan->cpu(), wall = plan->wall();

    if (engine->map(plan->task, plan->in, got, plan->n, plan->workers)) {
        row->error = errno;
        return;
    }
    wall = plan->wall() - wall;
    cpu = plan->cpu() - cpu;
    if (engine->counter)
        count = engine->counter() - count;
    if (wall < row->best) {
        row->best = wall;
        row->cpu = cpu;
        row->counted = count;
    }
    if (wall > row->worst)
        row->worst = wall;
}

static bool plan_ok(const struct contrast_plan *p)
{
    return p && p->task && p->in && p->wall && p->cpu && p->n >= 1 && p->workers >= 1 &&
           p->rounds >= 1;
}

/* Results and their model lie in one piece; the model is the second half. */
static void compare(const long *both, size_t n, struct contrast_row *row)
{
    for (size_t i = 0; i < n && row->agrees; i++)
        row->agrees = both[i] == both[n + i];
}

static void finish(struct contrast_row *row, double base)
{
    int error = row->error;

    if (error) {
        *row = (struct contrast_row){0};
        row->error = error;
    }
    row->agrees = row->agrees && !isnan(base);
    row->speedup = error ? NAN : speedup(base, (double)row->best);
}

static void one_round(const struct contrast_plan *plan, const struct contrast_engine engines[],
                      size_t count, struct contrast_row rows[], long *both, int round)
{
    for (size_t e = 0; e < count; e++) {
        if (rows[e].error)
            continue;
        if (plan->progress)
            plan->progress(plan->context, e, round);
        memset(both, 0xc3 ^ (int)e, plan->n * sizeof *both);
        time_it(plan, engines + e, both, rows + e);
        if (rows[e].error)
            continue;
        if (e + (size_t)round == 0)
            memcpy(both + plan->n, both, plan->n * sizeof *both);
        compare(both, plan->n, rows + e);
    }
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    long *both;

    if (!engines || !rows || count == 0 || !plan_ok(plan)) {
        errno = EINVAL;
        return -1;
    }
    both = calloc(plan->n, 2 * sizeof *both);
    if (!both)
        return -1;
    for (size_t e = 0; e < count; e++)
        rows[e] = (struct contrast_row){.best = INT64_MAX, .agrees = true};
    for (int r = 0; r < plan->rounds; r++)
        one_round(plan, engines, count, rows, both, r);
    for (size_t e = count; e > 0; e--)
        finish(&rows[e - 1], rows[0].error ? NAN : (double)rows[0].best);
    free(both);
    return 0;
}
