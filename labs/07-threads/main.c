/* The same sum on several threads that share their memory, kept apart in five ways.
 *
 *   make run LAB=07                           each thread adds to its own sum
 *   make run LAB=07 ARGS="--how racy"         all add to one variable: how much gets lost?
 *   make run LAB=07 ARGS="--how critical"     a lock for every single addition (try --n 1000000)
 *   make run LAB=07 ARGS="--how atomic"       the processor does each addition in one step
 *   make run LAB=07 ARGS="--how locked"       one lock, taken once for a thread's whole share
 *
 * Compare the run times with that of one thread (LAB=08). Which of these ways pay? */
#include <stdio.h>
#include <stdlib.h>

#include "07-threads/thread_map.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/team.h"

enum { RACY, CRITICAL, ATOMIC, REDUCTION, LOCKED };

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

int main(int argc, char **argv)
{
    static const char *const ways[] = {"racy", "critical", "atomic", "reduction", "locked", NULL};
    int how = REDUCTION, workers = machine_cpus() > 2 ? machine_cpus() : 2;
    long n = 100000000, sum = 0, expected;
    const struct option_row rows[] = {
        {.name = "how",
         .help = "racy, critical, atomic, reduction or locked (reduction)",
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
