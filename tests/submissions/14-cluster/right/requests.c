/* Right: rank 0 has a receive open for each worker and waits for any of them; tasks of OpenMP. */
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

enum { MOST_WORKERS = 64 };

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    static long answers[MOST_WORKERS][MESSAGE_MOST], chunks[MOST_WORKERS][MESSAGE_MOST];
    MPI_Request open[MOST_WORKERS], sent[MOST_WORKERS];
    int others = all_ranks() - 1, job = jobs_number(task), error = 0;
    size_t next = 0, bad = n, chunk;

    if (!map_args_ok(task, in, out, n, workers) || job < 0)
        return fail(EINVAL);
    for (size_t i = 0; others == 0 && i < n; i++)
        if ((error = task(in[i], &out[i])))
            return fail(error);
    workers = workers < others ? workers : others;
    workers = workers < MOST_WORKERS ? workers : MOST_WORKERS;
    chunk = cluster_chunk(n, workers);
    for (int w = 0; w < MOST_WORKERS; w++)
        open[w] = sent[w] = MPI_REQUEST_NULL;
    for (int w = 0, first = 1;;) {
        MPI_Status status;
        int count;

        if (first && w == workers) {
            first = 0;
        }
        if (!first) {
            MPI_Waitany(MOST_WORKERS, open, &w, &status);
            if (w == MPI_UNDEFINED)
                break;
            MPI_Wait(&sent[w], MPI_STATUS_IGNORE);
            MPI_Get_count(&status, MPI_LONG, &count);
            for (int i = ANSWER_HEAD; i < count; i++)
                out[answers[w][ANSWER_FIRST] + i - ANSWER_HEAD] = answers[w][i];
            if (answers[w][ANSWER_BAD] >= 0 &&
                (size_t)(answers[w][ANSWER_FIRST] + answers[w][ANSWER_BAD]) < bad) {
                bad = (size_t)(answers[w][ANSWER_FIRST] + answers[w][ANSWER_BAD]);
                error = (int)answers[w][ANSWER_ERROR];
            }
        }
        if (next < n && bad == n) {
            size_t size = n - next < chunk ? n - next : chunk;

            chunks[w][CHUNK_JOB] = job;
            chunks[w][CHUNK_FIRST] = (long)next;
            memcpy(chunks[w] + CHUNK_HEAD, in + next, size * sizeof *in);
            MPI_Irecv(answers[w], MESSAGE_MOST, MPI_LONG, w + 1, TAG_ANSWER, MPI_COMM_WORLD,
                      &open[w]);
            MPI_Isend(chunks[w], CHUNK_HEAD + (int)size, MPI_LONG, w + 1, TAG_CHUNK, MPI_COMM_WORLD,
                      &sent[w]);
            next += size;
        }
        w += first;
    }
    return error ? fail(error) : 0;
}

static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    int bad = count, error = 0;

#pragma omp parallel num_threads(threads)
#pragma omp single
    for (int i = 0; i < count; i++)
#pragma omp task firstprivate(i) shared(bad, error)
    {
        int failed = task(in[i], &answer[ANSWER_HEAD + i]);

#pragma omp critical(note)
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
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];

    if (threads < 1 || my_rank() == 0)
        return fail(EINVAL);
    for (;;) {
        MPI_Status status;
        int count;

        MPI_Recv(chunk, MESSAGE_MOST, MPI_LONG, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == TAG_STOP)
            return 0;
        MPI_Get_count(&status, MPI_LONG, &count);
        count -= CHUNK_HEAD;
        answer[ANSWER_FIRST] = chunk[CHUNK_FIRST];
        run_chunk(jobs_task(chunk[CHUNK_JOB]), chunk + CHUNK_HEAD, count, threads, answer);
        MPI_Send(answer, ANSWER_HEAD + count, MPI_LONG, 0, TAG_ANSWER, MPI_COMM_WORLD);
    }
}

void cluster_stop(void)
{
    MPI_Request requests[MOST_WORKERS];
    int others = all_ranks() - 1;

    for (int i = 0; i < others; i++)
        MPI_Isend(NULL, 0, MPI_LONG, i + 1, TAG_STOP, MPI_COMM_WORLD, &requests[i]);
    MPI_Waitall(others, requests, MPI_STATUSES_IGNORE);
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
