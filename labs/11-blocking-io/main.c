/* Many requests to a server that lets each wait, and a little computing with each answer: how many
 * requests a second does each engine get done, and how many of them wait at once?
 *
 *   make run LAB=11                                        a table: from no computing to 8 ms
 *   make run LAB=11 ARGS="--computing-us 1000"             one column of it
 *   make run LAB=11 ARGS="--at-once 64 --requests 256"     more at once
 *   make run LAB=11 ARGS="--hold 6 --at-once 6"            the server answers nobody before six ask
 *   make run LAB=11 ARGS="--trace build/fetch.json"        who waited and computed when, for
 *                                                          ui.perfetto.dev: of one column
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "11-blocking-io/origin.h"
#include "11-blocking-io/rates.h"
#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/passive.h"
#include "common/program/team.h"
#include "common/program/traced.h"

enum { MOST_COLUMNS = 6, SERIAL_REQUESTS = 16, TRACED_US = 2000 };

struct settings {
    long requests, delay_ms, computing_us;
    int at_once, hold;
};

/* How long a request computes, a column each. */
struct columns {
    int count;
    long computing_us[MOST_COLUMNS];
};

/* One after the other, fewer requests say as much. */
static size_t requests_of(enum rates_engine engine, const struct settings *settings)
{
    long n = settings->requests;

    return (size_t)(engine <= RATES_KEPT && n > SERIAL_REQUESTS ? SERIAL_REQUESTS : n);
}

/* One figure. Returns it, or -1 with errno. */
static double measure(enum rates_engine engine, const struct settings *settings, long computing_us,
                      int *most_waiting)
{
    struct rates_plan plan = {.requests = requests_of(engine, settings),
                              .at_once = settings->at_once,
                              .computing_us = computing_us};
    struct origin origin;
    double rate;
    int error;

    if (origin_start(&origin, (struct origin_plan){settings->delay_ms, settings->hold}))
        return -1;
    plan.port = origin.port;
    rate = rates_measure(engine, &plan);
    error = errno;
    *most_waiting = atomic_load(&origin.counts->most_waiting);
    origin_stop(&origin);
    errno = error;
    return rate;
}

/* The line of an engine. Returns 0, or -1 if it failed. */
static int print_engine(enum rates_engine engine, const struct settings *settings,
                        const struct columns *columns)
{
    char line[200];
    int length = 0, most_waiting = 0;

    for (int i = 0; i < columns->count; i++) {
        double rate = measure(engine, settings, columns->computing_us[i], &most_waiting);

        if (rate < 0) {
            line_print("%-13s %s", rates_names[engine],
                       errno == ENOSYS ? tr("not written yet") : strerror(errno));
            return -1;
        }
        length += snprintf(line + length, sizeof line - (size_t)length, " %7.0f", rate);
    }
    return line_print("%-13s %7d  %s", rates_names[engine], most_waiting, line);
}

static void print_limit(const char *name, int cpus, const struct settings *settings,
                        const struct columns *columns)
{
    char line[200];
    int length = 0;

    for (int i = 0; i < columns->count; i++)
        length += snprintf(
            line + length, sizeof line - (size_t)length, " %7.0f",
            rates_limit(settings->delay_ms, settings->at_once, columns->computing_us[i], cpus));
    line_print("%-*s %7d  %s", columns_field(13, tr(name)), tr(name), settings->at_once, line);
}

static int print_table(const struct settings *settings, const struct columns *columns)
{
    char line[200];
    int length = 0, failed = 0, cpus = machine_cpus();

    line_print("%ld requests, %d at once; an answer takes %ld ms; requests per second",
               settings->requests, settings->at_once, settings->delay_ms);
    for (int i = 0; i < columns->count; i++)
        length += snprintf(line + length, sizeof line - (size_t)length, " %4.1f ms",
                           (double)columns->computing_us[i] / 1000);
    line_print("computing:    waiting  %s", line);
    for (int i = 0; i < RATES_ENGINES; i++)
        failed |= print_engine((enum rates_engine)i, settings, columns);
    print_limit(TR_LATER("limit, 1 CPU"), 1, settings, columns);
    print_limit(TR_LATER("limit, CPUs"), cpus, settings, columns);
    return failed;
}

int main(int argc, char **argv)
{
    struct settings settings = {.requests = 64, .delay_ms = 20, .computing_us = -1, .at_once = 16};
    struct columns columns = {MOST_COLUMNS, {0, 500, 1000, 2000, 4000, 8000}};
    const char *trace = NULL;
    int failed;
    const struct option_row rows[] = {
        {.name = "requests",
         .help = "how many in all (64)",
         .kind = OPTION_LONG,
         .target = &settings.requests,
         .min = 1,
         .max = RATES_MOST},
        {.name = "at-once",
         .help = "how many wait at the same time, and so how many threads there are (16)",
         .kind = OPTION_INT,
         .target = &settings.at_once,
         .min = 1,
         .max = 256},
        {.name = "delay-ms",
         .help = "after how many milliseconds the server answers (20)",
         .kind = OPTION_LONG,
         .target = &settings.delay_ms,
         .min = 1,
         .max = 10000},
        {.name = "computing-us",
         .help = "how many microseconds a task computes with its answer (a table of six)",
         .kind = OPTION_LONG,
         .target = &settings.computing_us,
         .min = 0,
         .max = 1000000},
        {.name = "hold",
         .help = "the server answers nobody before so many wait (0)",
         .kind = OPTION_INT,
         .target = &settings.hold,
         .min = 0,
         .max = 256},
        OPTION_ROW_TRACE(&trace),
    };

    passive_restart(argv);
    options_parse("Asks a server many times, by several engines.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    if (trace && settings.computing_us < 0)
        settings.computing_us = TRACED_US;
    if (settings.computing_us >= 0)
        columns = (struct columns){1, {settings.computing_us}};
    team_warn(settings.at_once);
    traced_open(trace);
    failed = print_table(&settings, &columns);
    if (traced_close()) {
        perror("--trace");
        failed = -1;
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
