/* Right: rounds that call the next round, and engines the next engine. All results of an engine are
 * in an array of its own, on which it is found out by a mask whether all of it was stored. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "08-serial/serial.h"

struct all {
    const struct contrast_plan *plan;
    const struct contrast_engine *engines;
    size_t count;
    struct contrast_row *rows;
    long *truth;   /* the first engine's results, once they are known */
    long *results; /* of engine i from results[i * n] on */
};

static void time_it(const struct all *all, size_t i, long out[])
{
    const struct contrast_plan *plan = all->plan;
    const struct contrast_engine *engine = &all->engines[i];
    struct contrast_row *row = &all->rows[i];
    unsigned long counted = engine->counter ? engine->counter() : 0;
    int64_t cpu = -plan->cpu();
    int64_t wall = -plan->wall();

    if (engine->map(plan->task, plan->in, out, plan->n, plan->workers) == -1) {
        row->error = errno;
        return;
    }
    wall += plan->wall();
    cpu += plan->cpu();
    counted = engine->counter ? engine->counter() - counted : 0;
    if (row->best > wall) {
        row->best = wall;
        row->cpu = cpu;
        row->counted = counted;
    }
    if (row->worst < wall)
        row->worst = wall;
}

static void run_engines(const struct all *all, int round, size_t i)
{
    const struct contrast_plan *plan = all->plan;
    long *out = all->results + i * plan->n;

    if (i == all->count)
        return;
    if (!all->rows[i].error) {
        if (plan->progress)
            plan->progress(plan->context, i, round);
        for (size_t k = 0; k < plan->n; k++)
            out[k] = (long)0x0123456789abcdef ^ all->truth[k];
        time_it(all, i, out);
        if (round == 0 && i == 0)
            memcpy(all->truth, out, plan->n * sizeof *out);
        all->rows[i].agrees &= memcmp(all->truth, out, plan->n * sizeof *out) == 0;
    }
    run_engines(all, round, i + 1);
}

static void run_rounds(const struct all *all, int round)
{
    if (round > 0)
        run_rounds(all, round - 1);
    run_engines(all, round, 0);
}

static struct contrast_row concluded(const struct contrast_row *first,
                                     const struct contrast_row *row)
{
    struct contrast_row last = *row;

    if (row->error)
        return (struct contrast_row){.error = row->error, .speedup = NAN};
    if (first->error) {
        last.speedup = NAN;
        last.agrees = false;
    } else {
        last.speedup = speedup((double)first->best, (double)row->best);
    }
    return last;
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    struct all all = {plan, engines, count, rows, NULL, NULL};
    struct contrast_row first;

    if (!plan || !plan->task || !plan->in || plan->n == 0 || plan->workers <= 0 ||
        plan->rounds <= 0 || !plan->wall || !plan->cpu || !engines || count == 0 || !rows) {
        errno = EINVAL;
        return -1;
    }
    all.truth = calloc(count + 1, plan->n * sizeof(long));
    if (!all.truth)
        return -1;
    all.results = all.truth + plan->n;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct contrast_row){.best = INT64_MAX, .agrees = true};
    run_rounds(&all, plan->rounds - 1);
    first = rows[0];
    for (size_t i = 0; i < count; i++)
        rows[i] = concluded(&first, &rows[i]);
    free(all.truth);
    return 0;
}
