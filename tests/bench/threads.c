/* What threads and their locks cost. */
#include <stdio.h>
#include <stdlib.h>

#include "01-processes-and-threads/sharing.h"
#include "07-threads/thread_map.h"
#include "09-gil/gil.h"
#include "common/clock.h"
#include "common/shared.h"
#include "tests/bench/bench.h"

void bench_lock(void)
{
    int64_t length = of_size(20, 1500, 4000) * NS_PER_MS;
    long *numbers = make_numbers(32);

    puts("threads,switches,cpus busy");
    for (int threads = 1; threads <= 32; threads *= 2) {
        struct gil *gil = gil_create(GIL_INTERVAL_US);
        struct gil_counts counts;
        int64_t wall = clock_wall(), cpu = clock_cpu();

        task_set_until(wall + length);
        must(!gil || gil_map_with(gil, task_until, numbers, numbers, (size_t)threads, threads),
             "gil");
        wall = clock_wall() - wall;
        cpu = clock_cpu() - cpu;
        gil_read_counts(gil, &counts);
        gil_destroy(gil);
        printf("%d,%.1f,%.3f\n", threads, (double)counts.switches * NS_PER_S / (double)wall,
               (double)cpu / (double)wall);
        fflush(stdout);
    }
    free(numbers);
}

/* How much memory the calling process has for itself, in KiB; -1 if the system does not say. */
static long weigh(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    long kib = -1;

    if (!file || private_kib(file, &kib))
        kib = -1;
    if (file)
        fclose(file);
    return kib;
}

/* What a team of threads adds to the process. In a child: a team stays when it has nothing to
 * do. */
static void weigh_team(void *given)
{
    long *number = given, before = weigh();
    int threads = (int)*number;

#pragma omp parallel num_threads(threads)
    {
#pragma omp barrier
#pragma omp master
        *number = weigh() - before;
#pragma omp barrier
    }
}

static void weigh_child(void *given)
{
    *(long *)given += weigh();
}

void bench_memory(void)
{
    long *weight = shared_alloc(1, sizeof *weight);

    if (!weight)
        die("shared_alloc");
    puts("workers,thread,process");
    for (int workers = 1; workers <= 64; workers *= 2) {
        double thread;

        *weight = workers + 1;
        must(run_in_process(weigh_team, weight), "a team");
        thread = (double)*weight / workers;
        *weight = 0;
        for (int i = 0; i < workers; i++)
            must(run_in_process(weigh_child, weight), "a process");
        printf("%d,%.1f,%.1f\n", workers, thread, (double)*weight / workers);
        fflush(stdout);
    }
    shared_free(weight);
}

/* One of the sums, as bench_sums times them. */
struct sum_job {
    int (*sum)(term_fn *, long, int, long *);
    long n;
    int threads;
};

static void run_sum(void *given)
{
    const struct sum_job *job = given;
    long sum;

    must(job->sum(term_identity, job->n, job->threads, &sum), "sum");
}

static int sum_under_lock(term_fn *term, long n, int threads, long *sum)
{
    struct counted_lock lock;
    int failed;

    counted_lock_init(&lock);
    failed = sum_locked(term, n, threads, &lock, sum);
    counted_lock_destroy(&lock);
    return failed;
}

void bench_sums(void)
{
    static int (*const sums[])(term_fn *, long, int, long *) = {sum_critical, sum_atomic,
                                                                sum_under_lock, sum_reduction};
    long n = of_size(1000, 2000000, 10000000);

    puts("threads,critical,atomic,locked,reduction");
    for (int threads = 1; threads <= 8; threads *= 2) {
        printf("%d", threads);
        for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
            struct sum_job job = {sums[i], n, threads};

            printf(",%.3f", shortest_of(run_sum, &job, 5) * 1e9 / (double)n);
        }
        puts("");
        fflush(stdout);
    }
}
