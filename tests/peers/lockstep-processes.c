#include "tests/peers/lockstep.h"

#include <semaphore.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "02-process/process_map.h"
#include "03-pool/pool.h"
#include "common/shared.h"

static void one_by_one(void *given)
{
    size_t count = (size_t)argument[0];

    must(process_map(task_nothing, given, given, count, 1), "process_map");
}

double measure_process(void)
{
    long *numbers = calloc((size_t)argument[0], sizeof *numbers);
    double took;

    must(!numbers, "calloc");
    took = median_of(one_by_one, numbers, 5) / (double)argument[0];
    free(numbers);
    return took;
}

static void fork_and_wait(void *unused)
{
    (void)unused;
    for (long i = 0; i < argument[0]; i++) {
        pid_t child = fork();

        if (child == 0)
            _exit(0);
        must(child == -1 || waitpid(child, NULL, 0) != child, "fork");
    }
}

double measure_bare(void)
{
    return median_of(fork_and_wait, NULL, 5) / (double)argument[0];
}

static void map_pool(void *given)
{
    size_t count = (size_t)argument[1];
    static long *numbers;

    if (!numbers)
        numbers = calloc(count, sizeof *numbers);
    must(!numbers || pool_map(given, task_nothing, numbers, numbers, count, (size_t)argument[2]),
         "pool_map");
}

static struct pool *open_pool(size_t capacity)
{
    struct pool *pool = pool_open((int)argument[0], capacity);

    must(!pool, "pool_open");
    return pool;
}

double measure_pool(void)
{
    struct pool *pool = open_pool((size_t)argument[1]);
    double took = median_of(map_pool, pool, 9);

    pool_close(pool);
    return (double)argument[1] / took;
}

/* The pools that measure_open makes. */
enum { POOLS = 21 };
static struct pool *pools[POOLS + 1];

static void open_one_more(void *next)
{
    *(*(struct pool ***)next)++ = open_pool(1000);
}

double measure_open(void)
{
    struct pool **next = pools;
    double took = median_of(open_one_more, &next, POOLS);

    while (next > pools)
        pool_close(*--next);
    return took;
}

double measure_noop(void)
{
    struct pool *pool = open_pool((size_t)argument[0]);
    double took;

    argument[1] = argument[0];
    argument[2] = 1;
    took = median_of(map_pool, pool, 2001);
    pool_close(pool);
    return took;
}

enum { PINGS = 2001 };

static void ping(void *semaphores)
{
    sem_t *there = semaphores, *back = there + 1;

    must(sem_post(there) || sem_wait(back), "semaphore");
}

double measure_pingpong(void)
{
    sem_t *semaphores = shared_alloc(2, sizeof *semaphores);
    double took;
    pid_t child;

    if (!semaphores || sem_init(semaphores, 1, 0) || sem_init(semaphores + 1, 1, 0))
        die("semaphore");
    child = fork();
    if (child == 0) {
        for (int i = 0; i < PINGS + 1; i++)
            must(sem_wait(semaphores) || sem_post(semaphores + 1), "semaphore");
        _exit(0);
    }
    must(child == -1, "fork");
    took = median_of(ping, semaphores, PINGS);
    waitpid(child, NULL, 0);
    shared_free(semaphores);
    return took;
}
