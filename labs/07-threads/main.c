/* The same sum on several threads that share their memory, kept apart in five ways.
 *
 *   make run LAB=07                           each thread adds to its own sum
 *   make run LAB=07 ARGS="--how racy"         all add to one variable: how much gets lost?
 *   make run LAB=07 ARGS="--how critical"     a lock for every single addition (try --n 1000000)
 *   make run LAB=07 ARGS="--how atomic"       the processor does each addition in one step
 *   make run LAB=07 ARGS="--how locked"       one lock, taken once for a thread's whole share
 *   make run LAB=07 ARGS="--how schedules"    tasks of uneven length: which thread gets how much?
 *   make run LAB=07 ARGS="--how counters"     variables of their own, side by side and apart
 *
 * Compare the run times with that of one thread (LAB=08). Which of these ways pay? */
#include <stdio.h>
#include <stdlib.h>

#include "07-threads/measures.h"
#include "07-threads/thread_map.h"
#include "common/clock.h"
#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/team.h"

enum { RACY, CRITICAL, ATOMIC, REDUCTION, LOCKED, SCHEDULES, COUNTERS };

/* Returns 0, or -1 with errno. Stores how often a lock was taken for it. */
static int add_up(int how, long n, int threads, long *sum, unsigned long *taken)
{
    static int (*const sums[])(term_fn *, long, int, long *) = {
        [RACY] = sum_racy,
        [CRITICAL] = sum_critical,
        [ATOMIC] = sum_atomic,
        [REDUCTION] = sum_reduction,
    };
    struct counted_lock lock;
    int failed;

    *taken = 0;
    if (how != LOCKED)
        return sums[how](term_identity, n, threads, sum);
    counted_lock_init(&lock);
    failed = sum_locked(term_identity, n, threads, &lock, sum);
    *taken = lock.taken;
    counted_lock_destroy(&lock);
    return failed;
}

/* Returns 0, or -1 with errno of write(2). */
static int print_verdict(long sum, long expected)
{
    if (sum == expected)
        return line_print("Right, this time: nothing was lost.");
    return line_print("Wrong: %ld was lost of %ld.", expected - sum, expected);
}

enum { ROUNDS = 3 }; /* the best one counts */

/* Returns 0, or -1 with errno of write(2). */
static int show_schedules(long n, int threads)
{
    static const struct {
        const char *name;
        omp_sched_t kind;
        int chunk;
    } rows[] = {
        {"static", omp_sched_static, 0},
        {"static, 1", omp_sched_static, 1},
        {"dynamic", omp_sched_dynamic, 1},
        {"guided", omp_sched_guided, 1},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    int64_t best[COUNT];
    double busiest[COUNT];

    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < COUNT; i++) {
            double share;
            int64_t ns = measures_schedule(rows[i].kind, rows[i].chunk, n, threads, &share);

            if (round == 0 || ns < best[i]) {
                best[i] = ns;
                busiest[i] = share;
            }
        }
    if (line_print("%d tasks, the last one %d times as long as the first; %d threads",
                   MEASURES_TASKS, MEASURES_TASKS, threads) ||
        line_print("schedule     run time   the busiest thread has"))
        return -1;
    for (int i = 0; i < COUNT; i++)
        if (line_print("%-10s%8.1f ms   %3.0f %% of the work", rows[i].name,
                       (double)best[i] / (double)NS_PER_MS, 100 * busiest[i]))
            return -1;
    return 0;
}

/* Returns 0, or -1 with errno of write(2). */
static int show_counters(long n, int threads)
{
    static const struct {
        const char *name;
        size_t between;
    } rows[] = {{"side by side", sizeof(long)}, {"128 bytes apart", 128}};
    double best[2][2]; /* of each row: one thread, and all */

    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < 4; i++) {
            double ns = measures_counters(rows[i / 2].between, n, i % 2 ? threads : 1);

            if (round == 0 || ns < best[i / 2][i % 2])
                best[i / 2][i % 2] = ns;
        }
    if (line_print("nanoseconds for one addition to a variable of the thread's own") ||
        line_print("                  1 thread  %3d threads", threads))
        return -1;
    for (int i = 0; i < 2; i++)
        if (line_print("%-*s%10.2f%13.2f", columns_field(16, tr(rows[i].name)), tr(rows[i].name),
                       best[i][0], best[i][1]))
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const ways[] = {"racy",   "critical",  "atomic",   "reduction",
                                       "locked", "schedules", "counters", NULL};
    int how = REDUCTION, workers = machine_cpus() > 2 ? machine_cpus() : 2;
    long n = 100000000, sum = 0, expected;
    const struct option_row rows[] = {
        {.name = "how",
         .help = "racy, critical, atomic, reduction, locked, schedules or counters (reduction)",
         .kind = OPTION_CHOICE,
         .target = &how,
         .choices = ways},
        OPTION_ROW_N(&n, "how many numbers: 0 .. n - 1 (100000000)", MOST_TERMS),
        OPTION_ROW_WORKERS(&workers, "how many threads (the usable CPUs, at least 2)"),
    };
    unsigned long taken;
    int64_t begin, took;

    options_parse("Adds up numbers on several threads.", rows, sizeof rows / sizeof rows[0], argc,
                  argv);
    team_warn(workers);
    if (how >= SCHEDULES) {
        if (how == SCHEDULES ? show_schedules(n, workers) : show_counters(n / 10, workers)) {
            perror("write");
            return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
    }
    begin = clock_wall();
    if (add_up(how, n, workers, &sum, &taken)) {
        perror(ways[how]);
        return EXIT_FAILURE;
    }
    took = clock_wall() - begin;
    expected = n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1);
    if (line_result(sum) || line_run_time(took) ||
        ((how == RACY || sum != expected) && print_verdict(sum, expected)) ||
        (how == LOCKED && line_print("The lock was taken %lu times.", taken))) {
        perror("write");
        return EXIT_FAILURE;
    }
    /* A race may lose; the other four must not. */
    return how == RACY || sum == expected ? EXIT_SUCCESS : EXIT_FAILURE;
}
