/* Right: everything that was measured is kept, and looked at when all rounds are done. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One run of one engine. */
struct run {
    int error;
    int64_t wall, cpu;
    unsigned long counted;
    bool differs; /* from the first engine's results of its first round */
};

struct experiment {
    const struct contrast_plan *plan;
    const struct contrast_engine *engines;
    size_t count;
    struct run *runs;    /* [round * count + engine] */
    long *first, *other; /* n results each: of the very first run, and of the run just done */
};

static bool complete(const struct contrast_plan *plan)
{
    return plan && plan->task && plan->in && plan->n > 0 && plan->workers > 0 && plan->rounds > 0 &&
           plan->wall && plan->cpu;
}

static struct run measure(const struct experiment *all, const struct contrast_engine *engine,
                          long *out)
{
    const struct contrast_plan *plan = all->plan;
    struct run run = {0};
    unsigned long counted = 0;
    int64_t cpu, begin, end;

    for (size_t i = 0; i < plan->n; i++)
        out[i] = all->first[i] ^ (long)0xdeadbeef; /* whatever: not what was there before */
    if (engine->counter)
        counted = engine->counter();
    cpu = plan->cpu();
    begin = plan->wall();
    if (engine->map(plan->task, plan->in, out, plan->n, plan->workers) != 0)
        run.error = errno;
    end = plan->wall();
    run.wall = end - begin;
    run.cpu = plan->cpu() - cpu;
    if (engine->counter)
        run.counted = engine->counter() - counted;
    return run;
}

static void run_all(const struct experiment *all)
{
    for (int round = 0; round < all->plan->rounds; round++) {
        struct run *now = &all->runs[(size_t)round * all->count];

        for (size_t i = 0; i < all->count; i++) {
            bool very_first = round == 0 && i == 0;
            long *out = very_first ? all->first : all->other;

            if (round > 0 && now[i - all->count].error) {
                now[i].error = now[i - all->count].error;
                continue;
            }
            if (all->plan->progress)
                all->plan->progress(all->plan->context, i, round);
            now[i] = measure(all, &all->engines[i], out);
            for (size_t k = 0; k < all->plan->n; k++)
                now[i].differs |= out[k] != all->first[k];
        }
    }
}

static struct contrast_row look_back(const struct experiment *all, size_t engine)
{
    const struct run *quickest = &all->runs[engine];
    struct contrast_row row = {.agrees = true, .speedup = NAN};

    for (int round = 0; round < all->plan->rounds; round++) {
        const struct run *run = &all->runs[(size_t)round * all->count + engine];

        if (run->error)
            return (struct contrast_row){.error = run->error, .speedup = NAN};
        if (run->wall < quickest->wall)
            quickest = run;
        if (run->wall > row.worst)
            row.worst = run->wall;
        if (run->differs)
            row.agrees = false;
    }
    row.best = quickest->wall;
    row.cpu = quickest->cpu;
    row.counted = quickest->counted;
    return row;
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    struct experiment all = {plan, engines, count, NULL, NULL, NULL};
    int error = 0;

    if (!complete(plan) || !engines || count == 0 || !rows) {
        errno = EINVAL;
        return -1;
    }
    all.runs = calloc((size_t)plan->rounds * count, sizeof *all.runs);
    all.first = calloc(2 * plan->n, sizeof *all.first);
    if (all.runs && all.first) {
        all.other = all.first + plan->n;
        run_all(&all);
        for (size_t i = 0; i < count; i++)
            rows[i] = look_back(&all, i);
        for (size_t i = count; i-- > 0;) {
            if (rows[0].error)
                rows[i].agrees = false;
            else if (!rows[i].error)
                rows[i].speedup = (double)rows[0].best / (double)rows[i].best;
        }
    } else {
        error = ENOMEM;
    }
    free(all.runs);
    free(all.first);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
