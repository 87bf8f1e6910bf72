/* Requests per second, and the server for them: CPython asks the same one. */
#include <stdio.h>
#include <unistd.h>

#include "11-blocking-io/origin.h"
#include "11-blocking-io/rates.h"
#include "tests/peers/lockstep.h"

double measure_origin(void)
{
    struct origin origin;
    char byte;

    must(origin_start(&origin, (struct origin_plan){.delay_ms = argument[0]}), "origin_start");
    printf("%d\n", origin.port);
    fflush(stdout);
    (void)!read(STDIN_FILENO, &byte, 1);
    origin_stop(&origin);
    return 0;
}

static double rate_of(enum rates_engine engine)
{
    double rate = rates_measure(engine, &(struct rates_plan){.at_once = (int)argument[0],
                                                             .requests = (size_t)argument[1],
                                                             .computing_us = argument[2],
                                                             .port = (int)argument[3]});

    must(rate < 0, rates_names[engine]);
    return rate;
}

double measure_fetch_threads(void)
{
    return rate_of(RATES_LOCKED);
}

double measure_fetch_loop(void)
{
    return rate_of(RATES_POLLED);
}

double measure_fetch_processes(void)
{
    return rate_of(RATES_POOL);
}
