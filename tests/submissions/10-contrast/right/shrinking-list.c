/* Right: a list of those engines that still take part, from which one that fails is taken out. The
 * results of the first run stay where they came in: the next runs get another array. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct figures {
    int64_t wall, cpu;
    unsigned long counted;
};

static unsigned long count_of(const struct contrast_engine *engine)
{
    return engine->counter ? engine->counter() : 0;
}

/* Returns 0 or the engine's errno. */
static int measure(const struct contrast_plan *plan, const struct contrast_engine *engine,
                   long results[], struct figures *figures)
{
    unsigned long counted = count_of(engine);
    int64_t cpu = plan->cpu(), wall = plan->wall();
    int failed = engine->map(plan->task, plan->in, results, plan->n, plan->workers);
    int error = errno;

    figures->wall = plan->wall() - wall;
    figures->cpu = plan->cpu() - cpu;
    figures->counted = count_of(engine) - counted;
    return failed ? error : 0;
}

/* `first`: no run has been counted yet. */
static void take_in(struct contrast_row *row, const struct figures *figures, bool first)
{
    if (first || figures->wall > row->worst)
        row->worst = figures->wall;
    if (!first && figures->wall >= row->best)
        return;
    row->best = figures->wall;
    row->cpu = figures->cpu;
    row->counted = figures->counted;
}

static bool same(const long a[], const long b[], size_t n)
{
    while (n > 0 && a[n - 1] == b[n - 1])
        n--;
    return n == 0;
}

/* `live` holds the places of those that take part, in order, and SIZE_MAX behind the last. */
static void run_round(const struct contrast_plan *plan, const struct contrast_engine engines[],
                      struct contrast_row rows[], size_t live[], int round, long *results[2])
{
    size_t kept = 0;

    for (size_t k = 0; live[k] != SIZE_MAX; k++) {
        size_t i = live[k];
        bool very_first = round == 0 && i == 0;
        long *mine = results[very_first ? 0 : 1];
        struct figures figures;

        if (plan->progress)
            plan->progress(plan->context, i, round);
        for (size_t j = 0; j < plan->n; j++)
            mine[j] = very_first ? 0 : ~results[0][j];
        rows[i].error = measure(plan, &engines[i], mine, &figures);
        if (rows[i].error)
            continue;
        take_in(&rows[i], &figures, round == 0);
        rows[i].agrees = (round == 0 || rows[i].agrees) && same(mine, results[0], plan->n);
        live[kept++] = i;
    }
    live[kept] = SIZE_MAX;
}

static void finish(struct contrast_row rows[], size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct contrast_row *row = &rows[i];
        bool counts = !row->error && !rows[0].error;

        if (row->error)
            *row = (struct contrast_row){.error = row->error};
        row->agrees = row->agrees && counts;
        row->speedup =
            counts && row->best > 0 && rows[0].best > 0 ? (double)rows[0].best / row->best : NAN;
    }
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    long *results[2];
    size_t *live;
    bool there;

    if (!plan || !engines || !rows || count < 1 || !plan->task || !plan->in || !plan->wall ||
        !plan->cpu || plan->n < 1 || plan->workers < 1 || plan->rounds < 1) {
        errno = EINVAL;
        return -1;
    }
    results[0] = malloc(plan->n * sizeof(long));
    results[1] = malloc(plan->n * sizeof(long));
    live = malloc((count + 1) * sizeof *live);
    there = results[0] && results[1] && live;
    for (size_t i = 0; there && i < count; i++) {
        live[i] = i;
        rows[i] = (struct contrast_row){0};
    }
    if (there) {
        live[count] = SIZE_MAX;
        for (int round = 0; round < plan->rounds; round++)
            run_round(plan, engines, rows, live, round, results);
        finish(rows, count);
    }
    free(live);
    free(results[1]);
    free(results[0]);
    if (!there)
        errno = ENOMEM;
    return there ? 0 : -1;
}
