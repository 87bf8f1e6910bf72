#include "10-contrast/contrast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "08-serial/serial.h"

/* Runs one engine once, with its results to got[], and notes in its row how long that took: what
 * is kept is the quickest round, and how long the slowest took. */
static void run_once(const struct contrast_plan *plan, const struct contrast_engine *engine,
                     long got[], struct contrast_row *row)
{
    /* TODO(1): Read the counter (if there is one), the CPU clock and, last, the wall clock; run the
     * engine; read them again, the wall clock first. If the run failed, put its errno into row->error (reading
     * a clock may change errno: keep it first).
     * Otherwise, if it is the quickest so far, keep its wall time, CPU time and count; if it is the
     * slowest so far, keep its wall time. */
    row->error = ENOSYS;
}

/* Gives the rows their last form, once all rounds are done. */
static void conclude(struct contrast_row rows[], size_t count)
{
    /* TODO(2): Work out each row's speedup over the first row (lab 08 has a function for that). If the
     * first engine failed, nobody agrees. In the row of an engine that failed, only `error` counts:
     * all else is 0 or false, and NAN (math.h). */
}

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    /* TODO(3): Refuse bad arguments. Get room for two arrays of n results: those of the run just
     * done, and the first engine's. Rows come in with rubbish: begin with best = INT64_MAX, agrees =
     * true and all else 0. For
     * each round, for each engine that has not failed: call plan->progress, fill the results with
     * rubbish (so that an engine that stores nothing is found out), run_once, and compare with the
     * first engine's results of its first round. Then conclude. Engines before rounds, or rounds
     * before engines: which is fair? */
    errno = ENOSYS;
    return -1;
}
