/* What it costs to take a reference and to drop it again, for each way to count.
 *
 *   make run LAB=12                             one thread; two, an object each; two on one object
 *   make run LAB=12 ARGS="--way atomic"         one way only
 *   make run LAB=12 ARGS="--threads 4"          more threads
 *   make run LAB=12 ARGS="--n 10000000"         longer, if the figures jump
 *
 * The figures are nanoseconds for one retain and one release, as each thread sees it. "packed": the
 * threads' objects lie side by side, in one cache line. "padded": each has lines of its own. "lost"
 * is by how much the counts were off at the end, in all rounds. */
#include <stdio.h>
#include <stdlib.h>

#include "12-reference-counts/costs.h"
#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/team.h"

enum { ALL = COSTS_WAYS, COLUMNS = 4 };

static const struct column {
    bool alone; /* one thread only */
    const struct costs_layout *layout;
} columns[COLUMNS] = {
    {.alone = true, .layout = &costs_packed},
    {.layout = &costs_packed},
    {.layout = &costs_padded},
    {.layout = &costs_one_object},
};

/* The best of each, and what was lost in all rounds. */
struct figures {
    double best[COSTS_WAYS][COLUMNS];
    long off[COSTS_WAYS];
};

/* Rounds are interleaved: what disturbs the machine for a while disturbs all alike. */
static void measure_all(struct figures *figures, int chosen, int threads, long n, int rounds)
{
    for (int round = 0; round < rounds; round++)
        for (int way = 0; way < COSTS_WAYS; way++)
            for (int column = 0; column < COLUMNS; column++) {
                double *best = &figures->best[way][column], ns;

                if (chosen != ALL && chosen != way)
                    continue;
                ns = costs_measure(way, columns[column].layout, columns[column].alone ? 1 : threads,
                                   n, &figures->off[way]);
                *best = round == 0 || ns < *best ? ns : *best;
            }
}

/* Returns 0, or -1 with errno of write(2). */
static int print(const struct figures *figures, int chosen, int threads)
{
    char several[32];

    snprintf(several, sizeof several, tr("%d threads"), threads);
    if (line_print("ns for a pair %*s", columns_field(40, several), several) ||
        line_print("              1 thread    packed    padded  one object      lost"))
        return -1;
    for (int way = 0; way < COSTS_WAYS; way++) {
        const double *best = figures->best[way];

        if (chosen != ALL && chosen != way)
            continue;
        if (!costs_written(way)) { /* its figures are those of functions that do nothing */
            if (line_print("%-*s%10s", columns_field(12, tr(costs_names[way])),
                           tr(costs_names[way]), tr("not written yet")))
                return -1;
            continue;
        }
        if (line_print("%-*s%10.1f%10.1f%10.1f%12.1f%10ld", columns_field(12, tr(costs_names[way])),
                       tr(costs_names[way]), best[0], best[1], best[2], best[3], figures->off[way]))
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"nothing", "plain",  "held",     "taken", "mutex",
                                        "atomic",  "biased", "immortal", "all",   NULL};
    static struct figures figures;
    int chosen = ALL, threads = 2, rounds = 5;
    long n = 300000;
    const struct option_row rows[] = {
        {.name = "way",
         .help = "nothing, plain, held, taken, mutex, atomic, biased, immortal or all (all)",
         .kind = OPTION_CHOICE,
         .target = &chosen,
         .choices = names},
        {.name = "n",
         .help = "how many pairs each thread does (300000)",
         .kind = OPTION_LONG,
         .target = &n,
         .min = 1,
         .max = 1000000000L},
        {.name = "threads",
         .help = "how many threads (2)",
         .kind = OPTION_INT,
         .target = &threads,
         .min = 1,
         .max = COSTS_MOST_THREADS},
        {.name = "rounds",
         .help = "how often each is measured; the best counts (5)",
         .kind = OPTION_INT,
         .target = &rounds,
         .min = 1,
         .max = 1000},
    };

    options_parse("Counts references in several ways, and measures what that costs.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    team_warn(threads);
    measure_all(&figures, chosen, threads, n, rounds);
    if (print(&figures, chosen, threads)) {
        perror("write");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
