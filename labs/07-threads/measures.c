#include "07-threads/measures.h"

#include <stdlib.h>

#include "common/clock.h"

enum { LINE = 64, MOST_BETWEEN = 256 };

/* Computes: each step needs the result of the one before it. */
static unsigned long work(unsigned long value, long steps)
{
    for (long i = 0; i < steps; i++)
        value = value * 6364136223846793005u + 1442695040888963407u;
    return value;
}

int64_t measures_schedule(omp_sched_t schedule, int chunk, long n, int threads, double *busiest)
{
    const long unit = n / (MEASURES_TASKS * (MEASURES_TASKS + 1) / 2);
    unsigned long sum = 0;
    long most = 0, all = 0;
    omp_sched_t before;
    int64_t begin;
    int chunk_before;

    omp_get_schedule(&before, &chunk_before);
    omp_set_schedule(schedule, chunk);
    begin = clock_wall();
#pragma omp parallel num_threads(threads) default(none) shared(unit, most, all) reduction(+ : sum)
    {
        long mine = 0;

#pragma omp for schedule(runtime) nowait
        for (int k = 1; k <= MEASURES_TASKS; k++) {
            sum += work((unsigned long)k, k * unit);
            mine += k;
        }
#pragma omp critical(measures)
        {
            most = mine > most ? mine : most;
            all += mine;
        }
    }
    begin = clock_wall() - begin;
    omp_set_schedule(before, chunk_before);
    *busiest = (double)most / (double)all;
    /* Who never looks at the sum gives the compiler leave not to compute it. */
    return sum == 1 ? begin + 1 : begin;
}

double measures_counters(size_t between, long n, int threads)
{
    static _Alignas(LINE) char memory[MEASURES_MOST_THREADS * MOST_BETWEEN];
    int64_t begin = clock_wall();

#pragma omp parallel num_threads(threads) default(none) shared(between, n, memory)
    {
        long *mine = (void *)(memory + (size_t)omp_get_thread_num() * between);

        /* A processor may put off what it writes, and add in between without going to memory. An
         * atomic addition it may not. */
        for (long i = 0; i < n; i++)
#pragma omp atomic update
            ++*mine;
    }
    return (double)(clock_wall() - begin) / (double)(n > 0 ? n : 1);
}
