/* What it costs to share an object: the threads' references to one, over those to one each. */
#include "12-reference-counts/costs.h"
#include "tests/peers/lockstep.h"

static double ratio(enum costs_way way)
{
    double ratios[PAIRS];
    long off = 0;

    for (int i = 0; i < PAIRS; i++) {
        double each = costs_measure(way, &costs_padded, (int)argument[0], argument[1], &off);

        ratios[i] = costs_measure(way, &costs_one_object, (int)argument[0], argument[1], &off);
        ratios[i] /= each;
    }
    must(off != 0, "references");
    return median_ratio(ratios);
}

double measure_references(void)
{
    return ratio(COSTS_HELD);
}

double measure_references_free(void)
{
    return ratio(COSTS_BIASED);
}
