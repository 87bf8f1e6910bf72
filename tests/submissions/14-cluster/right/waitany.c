/* Right: A receive for each worker is under way; MPI_Waitany says whose is done. By somebody who
 * saw no test. */
/* Rank 0 sends a chunk to each worker. A worker's answer is also its wish for more: it gets the
 * next chunk, or is done. So between two maps no message is under way. */
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
    return provided < MPI_THREAD_FUNNELED ? fail(ENOTSUP) : 0;
}

/* A map on rank 0: what is to be done, and how far it is. */
struct map {
    long job; /* the task's number */
    const long *in;
    long *out;
    size_t n, chunk, next; /* next: the first task that nobody has got */
    size_t bad;            /* the lowest index of a failed task; n: none */
    int error;             /* and its error */
};

/* Sends the next chunk to a rank: the head, and the tasks' numbers. */
static void send_chunk(struct map *map, int rank)
{
    long message[MESSAGE_MOST];
    size_t count = map->n - map->next < map->chunk ? map->n - map->next : map->chunk;

    message[CHUNK_JOB] = map->job;
    message[CHUNK_FIRST] = (long)map->next;
    memcpy(message + CHUNK_HEAD, map->in + map->next, count * sizeof *message);
    MPI_Send(message, (int)count + CHUNK_HEAD, MPI_LONG, rank, TAG_CHUNK, MPI_COMM_WORLD);
    map->next += count;
}

/* Notes that a task has failed. */
static void note_error(struct map *map, size_t index, int error)
{
    if (index < map->bad) {
        map->bad = index;
        map->error = error;
    }
}

static void expect_answer(long answer[], int rank, MPI_Request *request)
{
    MPI_Irecv(answer, MESSAGE_MOST, MPI_LONG, rank, TAG_ANSWER, MPI_COMM_WORLD, request);
}

static void use_answer(struct map *map, const long answer[], MPI_Status *status)
{
    size_t first = (size_t)answer[ANSWER_FIRST];
    int length;

    MPI_Get_count(status, MPI_LONG, &length);
    memcpy(&map->out[first], &answer[ANSWER_HEAD], sizeof(long) * (size_t)(length - ANSWER_HEAD));
    if (answer[ANSWER_BAD] >= 0)
        note_error(map, first + (size_t)answer[ANSWER_BAD], (int)answer[ANSWER_ERROR]);
}

/* Nobody else is there. */
static int map_here(task_fn *task, const long in[], long out[], size_t n)
{
    int error = 0;

    for (size_t i = 0; i < n && !error; i++)
        error = task(in[i], &out[i]);
    return error ? fail(error) : 0;
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    const int others = all_ranks() - 1;
    const long job = jobs_number(task);
    struct map map = {.job = job, .in = in, .out = out, .n = n, .bad = n};
    MPI_Request *requests;
    long(*answers)[MESSAGE_MOST];
    int started = 0;

    if (!map_args_ok(task, in, out, n, workers) || job < 0)
        return fail(EINVAL);
    if (n == 0)
        return 0;
    if (others == 0)
        return map_here(task, in, out, n);
    if (workers > others)
        workers = others;
    map.chunk = cluster_chunk(n, workers);

    /* One receive is open for each worker that has a chunk. */
    requests = malloc((size_t)workers * sizeof *requests);
    answers = malloc((size_t)workers * sizeof *answers);
    if (!requests || !answers) {
        free(requests);
        free(answers);
        return fail(ENOMEM);
    }
    for (; started < workers && map.next < n; started++) {
        send_chunk(&map, started + 1);
        expect_answer(answers[started], started + 1, &requests[started]);
    }
    for (;;) {
        MPI_Status status;
        int which;

        MPI_Waitany(started, requests, &which, &status);
        if (which == MPI_UNDEFINED) /* none is open any more */
            break;
        use_answer(&map, answers[which], &status);
        if (map.next < n && !map.error) {
            send_chunk(&map, which + 1);
            expect_answer(answers[which], which + 1, &requests[which]);
        }
    }
    free(requests);
    free(answers);
    return map.error ? fail(map.error) : 0;
}

/* Runs the tasks in[0..count) with a team, and fills in what an answer says of them. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    int bad = count, errors[CLUSTER_MOST_CHUNK];

#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(min : bad)
    for (int i = 0; i < count; i++) {
        errors[i] = task(in[i], answer + ANSWER_HEAD + i);
        if (errors[i] != 0 && i < bad)
            bad = i;
    }
    if (bad == count) {
        answer[ANSWER_BAD] = -1;
        answer[ANSWER_ERROR] = 0;
    } else {
        answer[ANSWER_BAD] = bad;
        answer[ANSWER_ERROR] = errors[bad];
    }
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST] = {0};
    MPI_Status status;
    int length;

    if (my_rank() == 0 || threads < 1)
        return fail(EINVAL);
    while (MPI_Recv(chunk, MESSAGE_MOST, MPI_LONG, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status),
           status.MPI_TAG != TAG_STOP) {
        MPI_Get_count(&status, MPI_LONG, &length);
        run_chunk(jobs_task(chunk[CHUNK_JOB]), &chunk[CHUNK_HEAD], length - CHUNK_HEAD, threads,
                  answer);
        answer[ANSWER_FIRST] = chunk[CHUNK_FIRST];
        MPI_Send(answer, length - CHUNK_HEAD + ANSWER_HEAD, MPI_LONG, 0, TAG_ANSWER,
                 MPI_COMM_WORLD);
    }
    return 0;
}

void cluster_stop(void)
{
    int ranks = all_ranks();

    for (int rank = 1; rank < ranks; rank++)
        MPI_Send(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD);
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    long part = 0, end;
    int me = my_rank(), ranks = all_ranks();

    if (!term || !sum)
        return fail(EINVAL);
    if (n < 0 || n > MOST_TERMS)
        return fail(EINVAL);
    end = slice_begin(n, me + 1, ranks);
    for (long i = slice_begin(n, me, ranks); i < end; i++)
        part += term(i);
    /* `sum` counts on rank 0 only */
    MPI_Reduce(&part, me == 0 ? sum : NULL, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    return 0;
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    int worst;

    MPI_Allreduce(&error, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return worst;
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
    long head[2] = {0, 0}; /* an error, the length */
    long part = 0, all = 0, *slice = NULL;
    int *counts = NULL, *begins = NULL;
    size_t mine;

    if (rank == 0) {
        if ((!numbers && n > 0) || n > INT_MAX)
            head[0] = EINVAL;
        else
            head[1] = (long)n;
    }
    MPI_Bcast(head, 2, MPI_LONG, 0, MPI_COMM_WORLD);
    if (head[0])
        return fail((int)head[0]);

    mine = (size_t)(slice_begin(head[1], rank + 1, ranks) - slice_begin(head[1], rank, ranks));
    slice = calloc(mine + 1, sizeof *slice);
    if (rank == 0) {
        counts = calloc((size_t)ranks, sizeof *counts);
        begins = calloc((size_t)ranks, sizeof *begins);
    }
    if (!slice || (rank == 0 && (!counts || !begins)))
        error = ENOMEM;
    error = agree(error);
    if (!error) {
        if (rank == 0)
            fill_counts(head[1], ranks, counts, begins);
        MPI_Scatterv(numbers, counts, begins, MPI_LONG, slice, (int)mine, MPI_LONG, 0,
                     MPI_COMM_WORLD);
        for (size_t i = 0; i < mine; i++)
            part += slice[i];
        MPI_Reduce(&part, rank == 0 ? &all : NULL, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        if (rank == 0)
            *sum = all;
    }
    free(slice);
    free(counts);
    free(begins);
    return error ? fail(error) : 0;
}
