/* What it costs to hand out work by messages: prints one table as CSV (bench.sh makes a file and a
 * picture of it).
 *
 *   ranks messages [quick|tiny]
 *
 *   messages  microseconds for each task of a map, against the length of a chunk: ranks of MPI, a
 *             pool with as many workers, and the first divided by the second
 *
 * Tasks do nothing, and each map has four chunks for each worker, so two messages for each chunk.
 * Each rank has a CPU for itself, where there are two. A figure is the best of all maps of several
 * rounds, in which ranks and pool take turns. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "03-pool/pool.h"
#include "14-cluster/cluster.h"
#include "common/clock.h"
#include "common/program/machine.h"
#include "common/program/measure.h"
#include "common/program/options.h"
#include "common/program/ranks.h"

enum { ROUNDS = 5, PER_WORKER = 4, MOST_WORKERS = 2, CHUNKS = 6 };

static const size_t chunks[CHUNKS] = {1, 4, 16, 64, 256, CLUSTER_MOST_CHUNK};

struct bench {
    int workers;
    int64_t length; /* how long maps of one kind are repeated in each round */
    struct pool *pool;
    long *numbers;
};

/* Waits until all ranks are here, asleep: whoever waits in MPI_Barrier keeps a CPU busy, and the
 * pool would have it no more. */
static void meet(void)
{
    const struct timespec while_waiting = {.tv_nsec = 2 * NS_PER_MS};
    MPI_Request request;
    int there = 0;

    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    for (;;) {
        MPI_Test(&request, &there, MPI_STATUS_IGNORE);
        if (there)
            return;
        nanosleep(&while_waiting, NULL);
    }
}

/* A map of so many tasks; by ranks, or in the pool. */
static void run_map(const struct bench *bench, size_t chunk, bool by_ranks)
{
    const size_t n = PER_WORKER * (size_t)bench->workers * chunk;
    long *numbers = bench->numbers;

    if (by_ranks)
        must(cluster_map(task_nothing, numbers, numbers, n, bench->workers), "cluster_map");
    else
        must(pool_map(bench->pool, task_nothing, numbers, numbers, n, chunk), "pool_map");
}

/* Returns the microseconds for each task of the best map. */
static double best_map(const struct bench *bench, size_t chunk, bool by_ranks)
{
    const int64_t end = clock_wall() + bench->length;
    int64_t best = INT64_MAX;

    do {
        int64_t begin = clock_wall(), took;

        run_map(bench, chunk, by_ranks);
        took = clock_wall() - begin;
        best = took < best ? took : best;
    } while (clock_wall() < end);
    return (double)best / 1000 / (double)(PER_WORKER * (size_t)bench->workers * chunk);
}

/* On rank 0. */
static void hand_out(const struct bench *bench)
{
    double ranks[CHUNKS], pool[CHUNKS];

    for (int i = 0; i < CHUNKS; i++) {
        must(cluster_chunk(PER_WORKER * (size_t)bench->workers * chunks[i], bench->workers) !=
                 chunks[i],
             "a chunk of another length");
        ranks[i] = pool[i] = INFINITY;
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < CHUNKS; i++) {
            pool[i] = fmin(pool[i], best_map(bench, chunks[i], false));
            meet();
            ranks[i] = fmin(ranks[i], best_map(bench, chunks[i], true));
            cluster_stop();
        }
    puts("chunk,ranks,pool,ranks/pool");
    for (int i = 0; i < CHUNKS; i++)
        printf("%zu,%.5f,%.5f,%.2f\n", chunks[i], ranks[i], pool[i], ranks[i] / pool[i]);
}

/* On the other ranks: as many turns as rank 0 gives them. */
static void serve(void)
{
    for (int turn = 0; turn < ROUNDS * CHUNKS; turn++) {
        meet();
        must(cluster_serve(1), "cluster_serve");
    }
}

/* The pool's workers are made before MPI begins: none of them is to have a part in it. */
static void be_rank(struct bench bench)
{
    const size_t most = PER_WORKER * (size_t)bench.workers * CLUSTER_MOST_CHUNK;
    task_fn *const tasks[] = {task_nothing};
    const bool first = ranks_first();

    if (first) {
        bench.numbers = calloc(most, sizeof *bench.numbers);
        bench.pool = pool_open(bench.workers, most);
        must(!bench.numbers || !bench.pool, "a pool");
    }
    must(cluster_start(), "cluster_start");
    must(jobs_set(tasks, 1), "jobs_set");
    if (first)
        hand_out(&bench);
    else
        serve();
    if (first)
        pool_close(bench.pool);
    free(bench.numbers);
    MPI_Finalize();
}

int main(int argc, char **argv)
{
    const char *size = argc > 2 ? argv[2] : "full";
    const int cpus = machine_cpus();
    struct bench bench = {.workers = cpus <= 2 ? 1 : MOST_WORKERS};
    char count[16];

    if (argc < 2 || strcmp(argv[1], "messages") != 0) {
        fputs("ranks: messages? And quick or tiny, if you like\n", stderr);
        return BAD_USAGE;
    }
    bench.length = NS_PER_MS * (strcmp(size, "full") == 0    ? 100
                                : strcmp(size, "quick") == 0 ? 20
                                                             : 0);
    if (ranks_started()) {
        be_rank(bench);
        return fflush(stdout) == EOF ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    snprintf(count, sizeof count, "%d", bench.workers + 1);
    ranks_exec(count, (const char *const *)argv);
    die("mpiexec (make setup MPI=1)");
}
