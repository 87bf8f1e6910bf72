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
    /* TODO(1): Read the counter (if there is one), the CPU clock and, last, the wall clock. Run the
     * engine. If it failed, put its errno into row->error before you read a clock: that may change
     * errno. Otherwise read all again, the wall clock first. If the run is the quickest so far,
     * keep its wall time, CPU time and count; if it is the slowest so far, keep its wall time. */
    /* answer:
    row->error = ENOSYS; */
    unsigned long count = engine->counter ? engine->counter() : 0;
    int64_t cpu = plan->cpu();
    int64_t wall = plan->wall();

    if (engine->map(plan->task, plan->in, got, plan->n, plan->workers)) {
        row->error = errno;
        return;
    }
    wall = plan->wall() - wall;
    cpu = plan->cpu() - cpu;
    if (wall < row->best) {
        row->best = wall;
        row->cpu = cpu;
        row->counted = engine->counter ? engine->counter() - count : 0;
    }
    if (wall > row->worst)
        row->worst = wall;
    /* end of answer */
}

/* Gives the rows their last form, once all rounds are done. */
static void conclude(struct contrast_row rows[], size_t count)
{
    /* TODO(2): Work out each row's speedup over the first row (lab 08 has a function for that). If
     * the first engine failed, no engine agrees. In the row of an engine that failed, only `error`
     * counts: the speedup is NAN (math.h), all else is 0 or false. */
    /* answer: */
    int first_error = rows[0].error;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].error)
            rows[i] = (struct contrast_row){.error = rows[i].error};
        rows[i].speedup = speedup((double)rows[0].best, (double)rows[i].best);
        rows[i].agrees = rows[i].agrees && !first_error;
    }
    /* end of answer */
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    /* TODO(3): Refuse bad arguments. Get room for two arrays of n results: those of the run just
     * done, and the first engine's. The rows are not initialised: begin with best = INT64_MAX,
     * agrees = true and all else 0. For each round, for each engine that has not failed: call
     * plan->progress with plan->context, fill the results with a number that no result is likely to
     * be (so that an engine that stores nothing is found out), run_once, and compare with the first
     * engine's results of its first round. Then conclude. Engines before rounds, or rounds before
     * engines: which is fair? */
    /* answer:
    errno = ENOSYS;
    return -1; */
    long *got, *expected;
    size_t size;

    if (!plan || !plan->task || !plan->in || plan->n < 1 || plan->workers < 1 || plan->rounds < 1 ||
        !plan->wall || !plan->cpu || !engines || count < 1 || !rows) {
        errno = EINVAL;
        return -1;
    }
    got = calloc(plan->n, sizeof *got);
    expected = calloc(plan->n, sizeof *expected);
    if (!got || !expected) {
        free(got);
        free(expected);
        errno = ENOMEM;
        return -1;
    }
    size = plan->n * sizeof *got;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct contrast_row){.best = INT64_MAX, .agrees = true};
    for (int round = 0; round < plan->rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            if (rows[i].error)
                continue;
            if (plan->progress)
                plan->progress(plan->context, i, round);
            memset(got, 0x5a, size);
            run_once(plan, &engines[i], got, &rows[i]);
            if (i == 0 && round == 0)
                memcpy(expected, got, size);
            if (memcmp(got, expected, size) != 0)
                rows[i].agrees = false;
        }
    }
    conclude(rows, count);
    free(got);
    free(expected);
    return 0;
    /* end of answer */
}
