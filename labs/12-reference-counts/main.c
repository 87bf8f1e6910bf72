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
#include <string.h>

#include "09-gil/gil.h"
#include "12-reference-counts/counts.h"
#include "common/clock.h"
#include "common/interp.h"
#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/team.h"

enum { MOST_THREADS = 64, LINE = 64, COLUMNS = 4 };

static void nothing(struct object *object)
{
    (void)object;
}

/* One way to count. */
struct way {
    const char *name;
    void (*retain)(struct object *object);
    void (*release)(struct object *object);
    bool under_lock; /* each thread holds the interpreter's lock while it runs, as CPython's do */
    bool attached;   /* the interpreter's lock is installed, and taken for each step */
    bool immortal;
};

static const struct way ways[] = {
    {.name = "calls alone", .retain = nothing, .release = nothing},
    {.name = "plain", .retain = plain_retain, .release = plain_release},
    {.name = "lock held", .retain = plain_retain, .release = plain_release, .under_lock = true},
    {.name = "lock taken", .retain = locked_retain, .release = locked_release, .attached = true},
    {.name = "mutex", .retain = mutex_retain, .release = mutex_release},
    {.name = "atomic", .retain = atomic_retain, .release = atomic_release},
    {.name = "biased", .retain = biased_retain, .release = biased_release},
    {.name = "immortal", .retain = biased_retain, .release = biased_release, .immortal = true},
};
enum { WAYS = sizeof ways / sizeof ways[0], ALL = WAYS };

/* How the threads and their objects lie. */
struct column {
    bool alone;     /* one thread only */
    bool one;       /* all threads use the first object */
    size_t between; /* bytes from one object to the next */
};

static const struct column columns[COLUMNS] = {
    {.alone = true, .between = sizeof(struct object)},
    {.between = sizeof(struct object)},
    {.between = (size_t)2 * LINE},
    {.one = true, .between = sizeof(struct object)},
};

static _Alignas(LINE) char memory[MOST_THREADS * 2 * LINE];
static struct owner owners[MOST_THREADS];

static struct object *object_of(const struct column *column, int thread)
{
    return (void *)(memory + (column->one ? 0 : (size_t)thread * column->between));
}

/* In each thread: n pairs. */
static void count(const struct way *way, struct object *object, long n)
{
    for (long i = 0; i < n; i++) {
        way->retain(object);
        way->release(object);
        if (way->under_lock)
            interp_tick();
    }
}

/* In each thread. Returns when it began; stores when it ended. */
static void work(const struct way *way, const struct column *column, int thread, long n,
                 int64_t times[2])
{
    struct object *object = object_of(column, thread);

    owner_enter(&owners[thread]);
    if (!column->one || thread == 0) {
        object_init(object, nothing);
        if (way->immortal)
            object_immortalise(object);
    }
#pragma omp barrier
    times[0] = clock_wall();
    if (way->under_lock)
        interp_attach();
    count(way, object, n);
    if (way->under_lock)
        interp_detach();
    times[1] = clock_wall();
#pragma omp barrier
    owner_merge();
    owner_enter(NULL);
}

/* Returns how many references too many or too few the objects have at the end: they began with one
 * each. */
static long lost(const struct way *way, const struct column *column, int threads)
{
    long off = 0;

    for (int thread = 0; thread < (column->one ? 1 : threads) && !way->immortal; thread++) {
        struct object *object = object_of(column, thread);

        if (way->retain == biased_retain)
            off += labs(object->local + object->shared / ONE - 1);
        else
            off += labs(object->count - 1);
    }
    return off;
}

/* Returns nanoseconds for a pair, from the first thread's begin to the last one's end. */
static double measure(const struct way *way, const struct column *column, int threads, long n,
                      long *off)
{
    int64_t times[MOST_THREADS][2], begin, end;
    struct gil *gil = way->under_lock || way->attached ? gil_create(GIL_INTERVAL_US) : NULL;

    if (column->alone)
        threads = 1;
    if (gil)
        gil_install(gil);
    memset(times, 0, sizeof times);
#pragma omp parallel num_threads(threads) default(none) shared(way, column, threads, n, times)
    work(way, column, omp_get_thread_num(), n, times[omp_get_thread_num()]);
    if (gil) {
        gil_uninstall(gil);
        gil_destroy(gil);
    }
    begin = times[0][0];
    end = times[0][1];
    for (int thread = 1; thread < threads; thread++) {
        begin = times[thread][0] < begin ? times[thread][0] : begin;
        end = times[thread][1] > end ? times[thread][1] : end;
    }
    *off += lost(way, column, threads);
    return (double)(end - begin) / (double)n;
}

/* The best of each, and what was lost in all rounds. */
struct figures {
    double best[WAYS][COLUMNS];
    long off[WAYS];
};

/* Rounds are interleaved: what disturbs the machine for a while disturbs all alike. */
static void measure_all(struct figures *figures, int chosen, int threads, long n, int rounds)
{
    for (int round = 0; round < rounds; round++)
        for (int way = 0; way < WAYS; way++)
            for (int column = 0; column < COLUMNS; column++) {
                double *best = &figures->best[way][column], ns;

                if (chosen != ALL && chosen != way)
                    continue;
                ns = measure(&ways[way], &columns[column], threads, n, &figures->off[way]);
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
    for (int way = 0; way < WAYS; way++) {
        const double *best = figures->best[way];

        if (chosen != ALL && chosen != way)
            continue;
        if (line_print("%-*s%10.1f%10.1f%10.1f%12.1f%10ld", columns_field(12, tr(ways[way].name)),
                       tr(ways[way].name), best[0], best[1], best[2], best[3], figures->off[way]))
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
        OPTION_ROW_N(&n, "how many pairs each thread does (300000)", 1000000000L),
        {.name = "threads",
         .help = "how many threads (2)",
         .kind = OPTION_INT,
         .target = &threads,
         .min = 1,
         .max = MOST_THREADS},
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
    for (int thread = 0; thread < MOST_THREADS; thread++)
        owner_init(&owners[thread]);
    measure_all(&figures, chosen, threads, n ? n : 1, rounds);
    if (print(&figures, chosen, threads)) {
        perror("write");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
