/* What maps cost. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "02-process/process_map.h"
#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "common/program/machine.h"
#include "tests/bench/bench.h"

/* A map that is timed. */
struct job {
    map_fn *map;       /* or NULL: */
    struct pool *pool; /* a pool that is open already */
    task_fn *task;
    size_t n, chunk;
    int workers;
    long *numbers;
};

static void run_job(void *given)
{
    const struct job *job = given;

    if (job->pool)
        must(pool_map(job->pool, job->task, job->numbers, job->numbers, job->n, job->chunk),
             "pool_map");
    else
        must(job->map(job->task, job->numbers, job->numbers, job->n, job->workers), "map");
}

/* How long a map takes in a pool that is open already. */
static double time_pool(struct job job, int repeats)
{
    double took;

    job.pool = pool_open(job.workers, job.n);
    must(!job.pool, "pool_open");
    took = shortest_of(run_job, &job, repeats);
    pool_close(job.pool);
    return took;
}

/* A dynamic schedule with chunks: what a pool does, with threads. */
static void run_threads_in_chunks(void *given)
{
    const struct job *job = given;
    int chunk = (int)job->chunk;

#pragma omp parallel for schedule(dynamic, chunk) num_threads(job->workers)
    for (size_t i = 0; i < job->n; i++)
        job->task(job->numbers[i], &job->numbers[i]);
}

/* A task that is a whole chunk of tasks. */
static size_t chunk_length;

static int task_chunk(long in, long *out)
{
    long result = in;

    for (size_t i = 0; i < chunk_length; i++)
        if (task_nothing(result, &result))
            return 1;
    *out = result;
    return 0;
}

void bench_chunks(void)
{
    size_t n = (size_t)of_size(5000, 1000000, 4000000);
    size_t processes = (size_t)of_size(4, 500, 2000);
    long *numbers = make_numbers(n);
    struct job job = {.task = task_nothing, .n = n, .workers = 2, .numbers = numbers};
    struct job process = {process_map, NULL, task_chunk, processes, 1, 2, numbers};

    puts("chunk,pool,threads,process");
    for (job.chunk = 1; job.chunk <= 4096; job.chunk *= 4) {
        double pool = time_pool(job, 5), threads = shortest_of(run_threads_in_chunks, &job, 5);

        chunk_length = job.chunk;
        printf("%zu,%.0f,%.0f,%.0f\n", job.chunk, (double)n / pool, (double)n / threads,
               (double)(processes * job.chunk) / shortest_of(run_job, &process, 2));
        fflush(stdout);
    }
    free(numbers);
}

void bench_workers(void)
{
    long *numbers = make_numbers(64);
    int repeats = (int)of_size(1, 100, 500);

    puts("workers,pool,threads,process");
    for (int workers = 1; workers <= 64; workers *= 2) {
        struct job job = {thread_map, NULL, task_nothing, (size_t)workers, 1, workers, numbers};
        double pool = time_pool(job, repeats), threads = shortest_of(run_job, &job, repeats);

        job.map = process_map;
        printf("%d,%.2f,%.2f,%.2f\n", workers, pool * 1e6, threads * 1e6,
               shortest_of(run_job, &job, (repeats + 9) / 10) * 1e6);
        fflush(stdout);
    }
    free(numbers);
}

void bench_tasks(void)
{
    size_t most = (size_t)of_size(1000, 10000000, 10000000);
    size_t most_processes = (size_t)of_size(10, 1000, 10000);
    long *numbers = make_numbers(most);

    puts("tasks,serial,threads,pool,process");
    for (size_t n = 10; n <= most; n *= 10) {
        struct job job = {serial_map, NULL, task_nothing, n, 0, 2, numbers};
        double serial = shortest_of(run_job, &job, 3), threads, process = NAN;

        job.map = thread_map;
        threads = shortest_of(run_job, &job, 3);
        job.map = process_map;
        if (n <= most_processes)
            process = shortest_of(run_job, &job, 1);
        job.map = pool_once;
        printf("%zu,%.9f,%.9f,%.9f,%.9f\n", n, serial, threads, shortest_of(run_job, &job, 3),
               process);
        fflush(stdout);
    }
    free(numbers);
}

/* Rounds are interleaved, so that a disturbance hits all alike; the best of each is kept. */
void bench_speedup(void)
{
    enum { MOST = 64, ROUNDS = 7 };
    int twice = 2 * machine_cpus();
    /* Three points at least, also where there is one CPU: a curve. */
    int most = twice < 3 ? 3 : twice < MOST ? twice : MOST;
    long n = of_size(100000, 50000000, 400000000);
    double one = INFINITY, threads[MOST + 1], pool[MOST + 1];

    for (int workers = 1; workers <= most; workers++)
        threads[workers] = pool[workers] = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        one = fmin(one, time_sum(serial_map, 1, n));
        for (int workers = 1; workers <= most; workers++) {
            threads[workers] = fmin(threads[workers], time_sum(thread_map, workers, n));
            pool[workers] = fmin(pool[workers], time_sum(pool_once, workers, n));
        }
    }
    puts("workers,threads,pool");
    for (int workers = 1; workers <= most; workers++)
        printf("%d,%.3f,%.3f\n", workers, one / threads[workers], one / pool[workers]);
}
