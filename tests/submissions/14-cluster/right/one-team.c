/* Right: a rank has one team for all the time that it serves; its first thread talks to rank 0. */
#include "14-cluster/cluster.h"

#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
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
    return provided < MPI_THREAD_FUNNELED ? fail(ENOTSUP) : 0;
}

/* A map on rank 0. */
struct map {
    long job;
    const long *in;
    long *out;
    size_t n, chunk, next, bad;
    int error;
};

static void note_error(struct map *map, size_t index, int error)
{
    if (index < map->bad) {
        map->bad = index;
        map->error = error;
    }
}

static void send_chunk(struct map *map, int rank)
{
    long message[MESSAGE_MOST] = {[CHUNK_JOB] = map->job, [CHUNK_FIRST] = (long)map->next};
    size_t left = map->n - map->next, count = left < map->chunk ? left : map->chunk;

    memcpy(message + CHUNK_HEAD, map->in + map->next, count * sizeof *message);
    map->next += count;
    MPI_Send(message, (int)(CHUNK_HEAD + count), MPI_LONG, rank, TAG_CHUNK, MPI_COMM_WORLD);
}

static int receive_answer(struct map *map)
{
    long message[MESSAGE_MOST];
    MPI_Status status;
    size_t first;
    int count;

    MPI_Recv(message, MESSAGE_MOST, MPI_LONG, MPI_ANY_SOURCE, TAG_ANSWER, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_LONG, &count);
    first = (size_t)message[ANSWER_FIRST];
    memcpy(map->out + first, message + ANSWER_HEAD,
           (size_t)(count - ANSWER_HEAD) * sizeof *message);
    if (message[ANSWER_BAD] != -1)
        note_error(map, first + (size_t)message[ANSWER_BAD], (int)message[ANSWER_ERROR]);
    return status.MPI_SOURCE;
}

static void run_here(struct map *map, task_fn *task)
{
    for (; map->next < map->n && !map->error; map->next++) {
        int error = task(map->in[map->next], &map->out[map->next]);

        if (error)
            note_error(map, map->next, error);
    }
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct map map = {.job = jobs_number(task), .in = in, .out = out, .n = n, .bad = n};
    int others = all_ranks() - 1, busy = 0;

    if (!map_args_ok(task, in, out, n, workers) || map.job < 0)
        return fail(EINVAL);
    if (others == 0)
        run_here(&map, task);
    workers = workers < others ? workers : others;
    map.chunk = workers > 0 ? cluster_chunk(n, workers) : 1;
    for (; busy < workers && map.next < n; busy++)
        send_chunk(&map, busy + 1);
    while (busy > 0) {
        int rank = receive_answer(&map);

        busy--;
        if (map.next < n && !map.error) {
            send_chunk(&map, rank);
            busy++;
        }
    }
    return map.error ? fail(map.error) : 0;
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST], bad = -1;
    bool stop = false;
    int count = 0;

    if (threads < 1 || my_rank() == 0)
        return fail(EINVAL);
        /* One team for the whole time: it costs to make one for each chunk. */
#pragma omp parallel num_threads(threads)
    while (true) {
#pragma omp master
        {
            MPI_Status status;

            MPI_Recv(chunk, MESSAGE_MOST, MPI_LONG, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
            MPI_Get_count(&status, MPI_LONG, &count);
            stop = status.MPI_TAG == TAG_STOP;
            count -= CHUNK_HEAD;
            bad = -1;
            answer[ANSWER_FIRST] = chunk[CHUNK_FIRST];
            answer[ANSWER_ERROR] = 0;
        }
#pragma omp barrier
        if (stop)
            break;
#pragma omp for schedule(dynamic, 1)
        for (int i = 0; i < count; i++) {
            int error =
                jobs_task(chunk[CHUNK_JOB])(chunk[CHUNK_HEAD + i], &answer[ANSWER_HEAD + i]);

#pragma omp critical
            if (error && (bad == -1 || i < bad)) {
                bad = i;
                answer[ANSWER_ERROR] = error;
            }
        }
#pragma omp master
        {
            answer[ANSWER_BAD] = bad;
            MPI_Send(answer, ANSWER_HEAD + count, MPI_LONG, 0, TAG_ANSWER, MPI_COMM_WORLD);
        }
#pragma omp barrier
    }
    return 0;
}

void cluster_stop(void)
{
    for (int rank = 1; rank < all_ranks(); rank++)
        MPI_Send(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD);
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    long mine = 0, all = 0, end;
    int rank = my_rank(), ranks = all_ranks();

    if (!term || !sum || n < 0 || n > MOST_TERMS)
        return fail(EINVAL);
    end = slice_begin(n, rank + 1, ranks);
    for (long i = slice_begin(n, rank, ranks); i < end; i++)
        mine += term(i);
    MPI_Allreduce(&mine, &all, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
    if (rank == 0)
        *sum = all;
    return 0;
}

static int agree(int error)
{
    int worst = 0;

    MPI_Allreduce(&error, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return worst;
}

static void fill_counts(long n, int ranks, int counts[], int begins[])
{
    for (int rank = 0; rank < ranks; rank++) {
        begins[rank] = (int)slice_begin(n, rank, ranks);
        counts[rank] = (int)slice_begin(n, rank + 1, ranks) - begins[rank];
    }
}

int cluster_sum_scatter(const long numbers[], size_t n, long *sum)
{
    int rank = my_rank(), ranks = all_ranks(), error;
    long length = n > INT_MAX || (!numbers && n) ? -1 : (long)n, mine = 0, all = 0;
    int *counts, *begins;
    long *slice;

    MPI_Bcast(&length, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (length < 0)
        return fail(EINVAL);
    counts = malloc((size_t)ranks * 2 * sizeof *counts);
    slice = malloc((size_t)(length / ranks + 1) * sizeof *slice);
    error = agree(counts && slice ? 0 : ENOMEM);
    if (!error) {
        begins = counts + ranks;
        fill_counts(length, ranks, counts, begins);
        MPI_Scatterv(numbers, counts, begins, MPI_LONG, slice, counts[rank], MPI_LONG, 0,
                     MPI_COMM_WORLD);
        for (int i = 0; i < counts[rank]; i++)
            mine += slice[i];
        MPI_Reduce(&mine, &all, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        if (rank == 0)
            *sum = all;
    }
    free(counts);
    free(slice);
    return error ? fail(error) : 0;
}
