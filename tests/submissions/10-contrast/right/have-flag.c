/* Right: A flag says whether there is something to compare with. By somebody who saw no test. */
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
    unsigned long grown = 0;
    int64_t cpu, wall;
    int result;

    if (engine->counter != NULL)
        grown = engine->counter();
    cpu = plan->cpu();
    wall = plan->wall();

    result = engine->map(plan->task, plan->in, got, plan->n, plan->workers);

    if (result != 0) {
        row->error = errno;
        return;
    }
    wall = plan->wall() - wall;
    cpu = plan->cpu() - cpu;
    if (engine->counter != NULL)
        grown = engine->counter() - grown;

    if (row->best > wall) {
        row->best = wall;
        row->cpu = cpu;
        row->counted = grown;
    }
    row->worst = row->worst < wall ? wall : row->worst;
}

/* A run that failed takes away what earlier rounds left in the row. */
static void blank(struct contrast_row *row)
{
    row->best = row->worst = row->cpu = 0;
    row->counted = 0;
    row->agrees = false;
}

/* Gives the rows their last form, once all rounds are done. */
static void conclude(struct contrast_row rows[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[0].error != 0 || rows[i].error != 0)
            rows[i].speedup = NAN;
        else
            rows[i].speedup = speedup((double)rows[0].best, (double)rows[i].best);
        if (rows[0].error != 0)
            rows[i].agrees = false;
    }
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    long *got = NULL, *base = NULL;
    bool have_base = false;
    int round;
    size_t e, i;

    if (plan == NULL || engines == NULL || rows == NULL || count < 1 || plan->rounds < 1 ||
        plan->wall == NULL || plan->cpu == NULL || plan->task == NULL || plan->in == NULL ||
        plan->n < 1 || plan->workers < 1) {
        errno = EINVAL;
        return -1;
    }
    if (plan->n <= SIZE_MAX / sizeof(long)) {
        got = malloc(plan->n * sizeof(long));
        base = malloc(plan->n * sizeof(long));
    }
    if (got == NULL || base == NULL) {
        free(base);
        free(got);
        errno = ENOMEM;
        return -1;
    }

    for (e = 0; e < count; e++) {
        memset(&rows[e], 0, sizeof rows[e]);
        rows[e].best = INT64_MAX;
        rows[e].agrees = true;
    }

    for (round = 0; round < plan->rounds; round++) {
        for (e = 0; e < count; e++) {
            struct contrast_row *row = &rows[e];

            if (row->error != 0)
                continue;
            if (plan->progress != NULL)
                (*plan->progress)(plan->context, e, round);
            for (i = 0; i < plan->n; i++)
                got[i] = -1234567891;
            run_once(plan, &engines[e], got, row);
            if (row->error != 0) {
                blank(row);
                continue;
            }
            if (e == 0 && !have_base) {
                for (i = 0; i < plan->n; i++)
                    base[i] = got[i];
                have_base = true;
            }
            /* Without a base the first engine has failed: conclude says that nobody agrees. */
            for (i = 0; have_base && i < plan->n; i++)
                if (got[i] != base[i])
                    row->agrees = false;
        }
    }

    conclude(rows, count);
    free(base);
    free(got);
    return 0;
}
