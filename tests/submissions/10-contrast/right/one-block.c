/* Right: One allocation holds the results of all engines. By somebody who saw no test. */
#include "10-contrast/contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "08-serial/serial.h"

/* Runs one engine once and stores its results in got[]. Its row keeps the figures of the quickest
 * round so far, and the wall time of the slowest. */
static void run_once(const struct contrast_plan *plan, const struct contrast_engine *engine,
                     long got[], struct contrast_row *row)
{
    unsigned long c0 = 0, c1 = 0;
    int64_t p0, p1, w0, w1;

    if (engine->counter)
        c0 = engine->counter();
    p0 = plan->cpu();
    w0 = plan->wall();
    if (engine->map(plan->task, plan->in, got, plan->n, plan->workers) < 0) {
        row->error = errno;
        return;
    }
    w1 = plan->wall();
    p1 = plan->cpu();
    if (engine->counter)
        c1 = engine->counter();
    if (w1 - w0 < row->best) {
        row->best = w1 - w0;
        row->cpu = p1 - p0;
        row->counted = c1 - c0;
    }
    if (w1 - w0 > row->worst)
        row->worst = w1 - w0;
}

/* Gives the rows their last form, once all rounds are done. */
static void conclude(struct contrast_row rows[], size_t count)
{
    /* from the last to the first, which all of them need */
    for (size_t i = count; i-- > 0;) {
        if (rows[i].error) {
            int error = rows[i].error;

            memset(&rows[i], 0, sizeof rows[i]);
            rows[i].error = error;
        }
        rows[i].speedup = rows[i].error || rows[0].error
                              ? NAN
                              : speedup((double)rows[0].best, (double)rows[i].best);
        rows[i].agrees = rows[i].agrees && !rows[0].error;
    }
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    if (!plan || !engines || !rows || !count)
        goto invalid;
    if (!plan->task || !plan->in || !plan->wall || !plan->cpu)
        goto invalid;
    if (!plan->n || plan->workers < 1 || plan->rounds < 1)
        goto invalid;

    size_t n = plan->n, bytes = n * sizeof(long);
    /* got[0..n), then the first engine's results */
    long *got = calloc(n, 2 * sizeof(long));
    if (!got) {
        errno = ENOMEM;
        return -1;
    }
    long *want = got + n;

    for (size_t e = 0; e < count; e++)
        rows[e] = (struct contrast_row){0, INT64_MAX, 0, 0, 0, 0.0, true};
    for (int round = 0; round < plan->rounds; round++)
        for (size_t e = 0; e < count; e++) {
            struct contrast_row *row = rows + e;

            if (row->error)
                continue;
            if (plan->progress)
                plan->progress(plan->context, e, round);
            memset(got, 0xA5, bytes);
            run_once(plan, engines + e, got, row);
            if (!row->error) {
                if (!round && !e)
                    memcpy(want, got, bytes);
                row->agrees &= !memcmp(want, got, bytes);
            }
        }
    conclude(rows, count);
    free(got);
    return 0;

invalid:
    errno = EINVAL;
    return -1;
}
