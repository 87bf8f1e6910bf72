/* What taking and dropping a reference costs, against threads: all on one object, or each on its
 * own. */
#include <stdio.h>

#include "12-reference-counts/costs.h"
#include "tests/bench/bench.h"

enum { REPEATS = 5 };

/* The least of some runs, which must not lose count. */
static double least_cost(enum costs_way way, const struct costs_layout *layout, int threads, long n)
{
    double least = 0;
    long off = 0;

    for (int i = 0; i < REPEATS; i++) {
        double ns = costs_measure(way, layout, threads, n, &off);

        least = i == 0 || ns < least ? ns : least;
    }
    must(off != 0, costs_names[way]);
    return least;
}

void bench_references(void)
{
    static const struct {
        enum costs_way way;
        const struct costs_layout *layout;
    } shown[] = {
        {COSTS_HELD, &costs_one_object},   {COSTS_MUTEX, &costs_one_object},
        {COSTS_ATOMIC, &costs_one_object}, {COSTS_BIASED, &costs_one_object},
        {COSTS_ATOMIC, &costs_padded},     {COSTS_BIASED, &costs_padded},
    };
    long n = of_size(1000, 200000, 2000000);

    puts("threads,lock held,mutex,atomic,biased,atomic: own objects,biased: own objects");
    for (int threads = 1; threads <= 8; threads *= 2) {
        printf("%d", threads);
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
            printf(",%.2f", least_cost(shown[i].way, shown[i].layout, threads, n));
        puts("");
        fflush(stdout);
    }
}
