/* Right: a worker asks for work first, and its results travel in a message of their own. */
#include "14-cluster/cluster.h"

#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "14-cluster/slices.h"

static int fail(int error)
{
    errno = error;
    return -1;
}

static int my_rank(void)
{
    int rank;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

static int all_ranks(void)
{
    int ranks;

    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    return ranks;
}

int cluster_start(void)
{
    int provided;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    return provided >= MPI_THREAD_FUNNELED ? 0 : fail(ENOTSUP);
}

enum { TAG_ASK = 11, TAG_RESULTS };

enum { MOST_RANKS = 64 };

/* Waits until a rank from 1 to `workers` asks; if there is no work left, one that has some. Others
 * may wait with what they ask until the next map. */
static int who_asks(int workers, const bool busy[], bool work_left)
{
    MPI_Status status;
    int there = 0;

    for (int rank = 1;; rank = rank % workers + 1) {
        if (!busy[rank] && !work_left)
            continue;
        MPI_Iprobe(rank, TAG_ASK, MPI_COMM_WORLD, &there, &status);
        if (there)
            return rank;
    }
}

/* An ask says what came of the last chunk: its first task, how many there were, which failed. */
static void hear(int rank, long out[], long ask[4])
{
    MPI_Recv(ask, 4, MPI_LONG, rank, TAG_ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (ask[1] > 0)
        MPI_Recv(out + ask[0], (int)ask[1], MPI_LONG, rank, TAG_RESULTS, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    int others = all_ranks() - 1, error = 0, working = 0;
    long job = jobs_number(task), bad = (long)n, length = (long)n;
    bool busy[MOST_RANKS] = {false};
    size_t next = 0, chunk;

    if (!map_args_ok(task, in, out, n, workers) || job < 0)
        return fail(EINVAL);
    if (others == 0) {
        for (size_t i = 0; i < n && !error; i++)
            error = task(in[i], &out[i]);
        return error ? fail(error) : 0;
    }
    if (workers > others)
        workers = others;
    chunk = cluster_chunk(n, workers);
    while ((next < n && bad == length) || working > 0) {
        int rank = who_asks(workers, busy, next < n && bad == length);
        long message[MESSAGE_MOST], ask[4];
        size_t size = n - next < chunk ? n - next : chunk;

        hear(rank, out, ask);
        working -= busy[rank];
        busy[rank] = false;
        if (ask[2] != -1 && ask[0] + ask[2] < bad) {
            bad = ask[0] + ask[2];
            error = (int)ask[3];
        }
        /* Nothing for it: it is told so, and asks again. */
        message[0] = -1;
        if (next < n && bad == length) {
            message[CHUNK_JOB] = job;
            message[CHUNK_FIRST] = (long)next;
            memcpy(message + CHUNK_HEAD, in + next, size * sizeof *in);
            next += size;
            working++;
            busy[rank] = true;
        }
        MPI_Send(message, busy[rank] ? CHUNK_HEAD + (int)size : 1, MPI_LONG, rank, TAG_CHUNK,
                 MPI_COMM_WORLD);
    }
    return bad < length ? fail(error) : 0;
}

/* Runs the tasks in[0..count) with a team, and fills in what an answer says of them. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    int bad = count, error = 0;

#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int i = 0; i < count; i++) {
        int failed = task(in[i], &answer[ANSWER_HEAD + i]);

#pragma omp critical(cluster_note)
        if (failed && i < bad) {
            bad = i;
            error = failed;
        }
    }
    answer[ANSWER_BAD] = bad < count ? bad : -1;
    answer[ANSWER_ERROR] = error;
}

int cluster_serve(int threads)
{
    static long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];
    long ask[4] = {0, 0, -1, 0};

    if (threads < 1 || my_rank() == 0)
        return fail(EINVAL);
    for (;;) {
        MPI_Status status;
        int count;

        MPI_Send(ask, 4, MPI_LONG, 0, TAG_ASK, MPI_COMM_WORLD);
        if (ask[1] > 0)
            MPI_Send(answer + ANSWER_HEAD, (int)ask[1], MPI_LONG, 0, TAG_RESULTS, MPI_COMM_WORLD);
        MPI_Probe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        MPI_Get_count(&status, MPI_LONG, &count);
        MPI_Recv(chunk, count, MPI_LONG, 0, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (status.MPI_TAG == TAG_STOP)
            return 0;
        ask[0] = ask[1] = 0;
        ask[2] = -1;
        if (chunk[0] == -1)
            continue;
        run_chunk(jobs_task(chunk[CHUNK_JOB]), chunk + CHUNK_HEAD, count - CHUNK_HEAD, threads,
                  answer);
        ask[0] = chunk[CHUNK_FIRST];
        ask[1] = count - CHUNK_HEAD;
        ask[2] = answer[ANSWER_BAD];
        ask[3] = answer[ANSWER_ERROR];
    }
}

void cluster_stop(void)
{
    long ask[4];

    for (int rank = 1; rank < all_ranks(); rank++) {
        MPI_Recv(ask, 4, MPI_LONG, rank, TAG_ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD);
    }
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    int rank = my_rank(), ranks = all_ranks();
    long mine = 0, all = 0, end;

    if (!term || !sum || n < 0 || n > MOST_TERMS)
        return fail(EINVAL);
    end = slice_begin(n, rank + 1, ranks);
    for (long i = slice_begin(n, rank, ranks); i < end; i++)
        mine += term(i);
    MPI_Reduce(&mine, &all, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        *sum = all;
    return 0;
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    int all = 0;

    MPI_Allreduce(&error, &all, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return all;
}

/* Fills in how many numbers each rank gets, and where in the array they begin. */
static void fill_counts(long n, int ranks, int counts[], int begins[])
{
    for (int rank = 0; rank < ranks; rank++) {
        begins[rank] = (int)slice_begin(n, rank, ranks);
        counts[rank] = (int)slice_begin(n, rank + 1, ranks) - begins[rank];
    }
}

int cluster_sum_scatter(const long numbers[], size_t n, long *sum)
{
    int rank = my_rank(), ranks = all_ranks(), error = 0;
    int *counts = NULL, *begins = NULL;
    long length = (long)n, mine = 0, all = 0, count, *slice = NULL;

    if (rank == 0 && (n > INT_MAX || (n && !numbers)))
        length = -1;
    MPI_Bcast(&length, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (length == -1)
        return fail(EINVAL);
    count = slice_begin(length, rank + 1, ranks) - slice_begin(length, rank, ranks);
    slice = malloc((size_t)(count + 1) * sizeof *slice);
    counts = malloc((size_t)ranks * sizeof *counts);
    begins = malloc((size_t)ranks * sizeof *begins);
    error = agree(slice && counts && begins ? 0 : ENOMEM);
    if (!error) {
        fill_counts(length, ranks, counts, begins);
        MPI_Scatterv(numbers, counts, begins, MPI_LONG, slice, (int)count, MPI_LONG, 0,
                     MPI_COMM_WORLD);
        for (long i = 0; i < count; i++)
            mine += slice[i];
        MPI_Reduce(&mine, &all, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        if (rank == 0)
            *sum = all;
    }
    free(slice);
    free(counts);
    free(begins);
    return error ? fail(error) : 0;
}
