/* Requests per second against computing for each, and what is derived for them. */
#include <stdio.h>

#include "11-blocking-io/origin.h"
#include "11-blocking-io/rates.h"
#include "common/program/machine.h"
#include "tests/bench/bench.h"

enum { AT_ONCE = 16 };

/* The best of some runs. */
static double best_rate(enum rates_engine engine, size_t requests, long delay_ms, long us)
{
    double best = 0;

    for (int i = 0; i < of_size(1, 3, 3); i++) {
        struct rates_plan plan = {.requests = requests, .at_once = AT_ONCE, .computing_us = us};
        struct origin origin;
        double rate;

        must(origin_start(&origin, (struct origin_plan){.delay_ms = delay_ms}), "origin_start");
        plan.port = origin.port;
        rate = rates_measure(engine, &plan);
        must(rate < 0, rates_names[engine]);
        origin_stop(&origin);
        best = rate > best ? rate : best;
    }
    return best;
}

void bench_fetch(void)
{
    static const enum rates_engine shown[] = {RATES_LOCKED, RATES_POLLED, RATES_THREADS,
                                              RATES_POOL};
    size_t requests = (size_t)of_size(8, 32, 128);
    long delay_ms = of_size(1, 20, 20), step_us = of_size(2000, 2000, 500);

    puts("ms,threads+lock,polled,threads,pool,limit of 1 CPU,limit of all CPUs");
    for (long us = 0; us <= 8000; us += us < 4000 ? step_us : 2 * step_us) {
        printf("%.1f", (double)us / 1000);
        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
            printf(",%.1f", best_rate(shown[i], requests, delay_ms, us));
        printf(",%.1f,%.1f\n", rates_limit(delay_ms, AT_ONCE, us, 1),
               rates_limit(delay_ms, AT_ONCE, us, machine_cpus()));
        fflush(stdout);
    }
}
