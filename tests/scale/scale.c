/* The pool of ranks, on this machine or on simulated ones (SimGrid's smpicc builds the same
 * source): how long a map takes on so many ranks. For tests/scale/scale.sh.
 *
 *   scale map CHUNK TASKS-PER-WORKER TASK-US     CHUNK 0: lab 03's rule
 *   scale tree MASTERS TASKS-PER-WORKER TASK-US  two levels
 *   scale ping ROUNDS                            what a message costs between two ranks
 *
 * Prints a line: ranks, tasks, seconds; or with ping: nanoseconds for a message. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "14-cluster/cluster.h"
#include "tests/scale/tree.h"

#ifdef SIMULATED
#include <smpi/smpi.h>
#else
#include "common/clock.h"
#endif

static long fixed_chunk, task_us;

/* In the place of the lab's own one: the same rule, or as many as the options say. */
size_t cluster_chunk(size_t n, int workers)
{
    size_t rule = workers < 1 ? 0 : (n + 4 * (size_t)workers - 1) / (4 * (size_t)workers);
    size_t chunk = fixed_chunk ? (size_t)fixed_chunk : rule;

    return chunk < CLUSTER_MOST_CHUNK ? chunk : CLUSTER_MOST_CHUNK;
}

/* Lasts so long, and computes nothing: the simulated machines are not ours, and here there may be
 * more ranks than CPUs. */
static int task_last(long in, long *out)
{
#ifdef SIMULATED
    smpi_execute((double)task_us / 1e6);
#else
    clock_sleep(task_us * 1000);
#endif
    *out = in + 1;
    return 0;
}

static int map_all(int rank, int masters, const long in[], long out[], size_t n, int workers)
{
    if (masters > 0)
        return scale_tree(rank, masters, task_last, in, out, n);
    if (rank != 0)
        return cluster_serve(1);
    if (cluster_map(task_last, in, out, n, workers))
        return -1;
    cluster_stop();
    return 0;
}

static int map(int rank, int ranks, int masters, long per_worker)
{
    int workers = ranks > 1 ? ranks - 1 - masters : 1;
    size_t n = (size_t)per_worker * (size_t)workers;
    long *in = calloc(n, sizeof *in), *out = calloc(n, sizeof *out);
    double begin;
    int failed;

    for (size_t i = 0; in && i < n; i++)
        in[i] = (long)i;
    MPI_Barrier(MPI_COMM_WORLD);
    begin = MPI_Wtime();
    failed = !in || !out || map_all(rank, masters, in, out, n, workers);
    begin = MPI_Wtime() - begin;
    for (size_t i = 0; rank == 0 && !failed && i < n; i++)
        failed = out[i] != (long)i + 1;
    if (rank == 0 && !failed)
        printf("%d %zu %.6f\n", ranks, n, begin);
    free(in);
    free(out);
    return failed;
}

/* How long some messages take, there and back, in seconds. */
static double ping_once(int rank, int messages)
{
    long message = 0;
    double begin = MPI_Wtime();

    for (int i = 0; i < messages; i++) {
        if (rank == 0)
            MPI_Send(&message, 1, MPI_LONG, 1, 0, MPI_COMM_WORLD);
        MPI_Recv(&message, 1, MPI_LONG, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (rank == 1)
            MPI_Send(&message, 1, MPI_LONG, 0, 0, MPI_COMM_WORLD);
    }
    return MPI_Wtime() - begin;
}

/* The best round counts: in the others somebody else had the CPU. */
static int ping(int rank, long rounds)
{
    enum { MESSAGES = 20 };
    double best = 0;

    for (long i = 0; i < rounds && rank < 2; i++) {
        double took = ping_once(rank, MESSAGES);

        if (i == 0 || took < best)
            best = took;
    }
    if (rank == 0)
        printf("%.0f\n", best / MESSAGES / 2 * 1e9);
    return 0;
}

static long number(int argc, char **argv, int at)
{
    return at < argc ? atol(argv[at]) : 0;
}

/* SimGrid's ranks are threads themselves, and it says that it allows no others. */
static int begin(int *argc, char ***argv)
{
#ifdef SIMULATED
    return MPI_Init(argc, argv);
#else
    (void)argc;
    (void)argv;
    return cluster_start();
#endif
}

int main(int argc, char **argv)
{
    task_fn *const tasks[] = {task_last};
    int rank, ranks, masters = 0, failed;
    const char *what = argc > 1 ? argv[1] : "";

    if (begin(&argc, &argv))
        return EXIT_FAILURE;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    jobs_set(tasks, 1);
    task_us = number(argc, argv, 4);
    if (strcmp(what, "tree") == 0)
        masters = (int)number(argc, argv, 2);
    else
        fixed_chunk = number(argc, argv, 2);
    failed = strcmp(what, "ping") == 0 ? ping(rank, number(argc, argv, 2))
                                       : map(rank, ranks, masters, number(argc, argv, 3));
    if (failed)
        fprintf(stderr, "scale: rank %d could not do its part\n", rank);
    MPI_Finalize();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
