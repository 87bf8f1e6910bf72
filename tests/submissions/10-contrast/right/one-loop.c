/* Right: one loop over all runs of all rounds, one array of results for each engine, and speedups kept
 * up to date as rounds come in. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* What an engine that stores nothing leaves behind: different each time, and never a result twice. */
static void spoil(long out[], size_t n, size_t run)
{
    for (size_t i = 0; i < n; i++)
        out[i] = LONG_MIN + (long)(run * n + i);
}

static bool same(const long a[], const long b[], size_t n)
{
    size_t i = 0;

    while (i < n && a[i] == b[i])
        i++;
    return i == n;
}

static void give_up(struct contrast_row *row, int error)
{
    *row = (struct contrast_row){.error = error, .speedup = NAN};
}

static void compare(struct contrast_row rows[], size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (rows[0].error) {
            rows[i].agrees = false;
            rows[i].speedup = NAN;
        } else if (!rows[i].error) {
            rows[i].speedup = (double)rows[0].best / (double)rows[i].best;
        }
    }
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    long *results, *expected;
    size_t n;

    if (!plan || !engines || !rows || count < 1)
        goto invalid;
    if (!plan->task || !plan->in || !plan->wall || !plan->cpu)
        goto invalid;
    if (plan->n < 1 || plan->workers < 1 || plan->rounds < 1)
        goto invalid;
    n = plan->n;
    results = malloc((count + 1) * n * sizeof *results);
    if (!results) {
        errno = ENOMEM;
        return -1;
    }
    expected = results + count * n;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct contrast_row){.agrees = true};
    for (size_t run = 0; run < count * (size_t)plan->rounds; run++) {
        size_t which = run % count;
        const struct contrast_engine *engine = &engines[which];
        struct contrast_row *row = &rows[which];
        long *out = run ? results + which * n : expected;
        unsigned long counter = 0;
        int64_t cpu, wall, took, used;
        bool first_round = run < count;
        int failed;

        if (row->error)
            continue;
        if (plan->progress)
            plan->progress(plan->context, which, (int)(run / count));
        spoil(out, n, run);
        counter = engine->counter ? engine->counter() : 0;
        cpu = plan->cpu();
        wall = plan->wall();
        failed = engine->map(plan->task, plan->in, out, n, plan->workers) ? errno : 0;
        took = plan->wall() - wall;
        used = plan->cpu() - cpu;
        if (failed) {
            give_up(row, failed);
            continue;
        }
        if (first_round || took < row->best) {
            row->best = took;
            row->cpu = used;
            row->counted = engine->counter ? engine->counter() - counter : 0;
        }
        row->worst = took > row->worst ? took : row->worst;
        row->agrees &= same(out, expected, n);
    }
    compare(rows, count);
    free(results);
    return 0;
invalid:
    errno = EINVAL;
    return -1;
}
