/* Right: Answers are received where MPI_Probe says that they belong. By somebody who saw no test.
 * */
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
    int got = MPI_THREAD_SINGLE;

    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &got) == MPI_SUCCESS &&
        got >= MPI_THREAD_FUNNELED)
        return 0;
    return fail(ENOTSUP);
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
    long message[MESSAGE_MOST] = {[CHUNK_JOB] = map->job, [CHUNK_FIRST] = (long)map->next};
    int length = CHUNK_HEAD;

    while (length - CHUNK_HEAD < (int)map->chunk && map->next < map->n)
        message[length++] = map->in[map->next++];
    MPI_Send(message, length, MPI_LONG, rank, TAG_CHUNK, MPI_COMM_WORLD);
}

/* Notes that a task has failed. */
static void note_error(struct map *map, size_t index, int error)
{
    if (index < map->bad) {
        map->bad = index;
        map->error = error;
    }
}

/* Receives the next answer, whoever sends it. Returns that rank. */
static int receive_answer(struct map *map)
{
    long message[MESSAGE_MOST];
    MPI_Status status;
    int length;

    MPI_Probe(MPI_ANY_SOURCE, TAG_ANSWER, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_LONG, &length);
    MPI_Recv(message, length, MPI_LONG, status.MPI_SOURCE, TAG_ANSWER, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    for (int i = ANSWER_HEAD; i < length; i++)
        map->out[message[ANSWER_FIRST] + i - ANSWER_HEAD] = message[i];
    if (message[ANSWER_BAD] >= 0)
        note_error(map, (size_t)(message[ANSWER_FIRST] + message[ANSWER_BAD]),
                   (int)message[ANSWER_ERROR]);
    return status.MPI_SOURCE;
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct map map = {.job = jobs_number(task), .in = in, .out = out, .n = n, .bad = n};
    int others = all_ranks() - 1;
    int working = 0;

    if (!map_args_ok(task, in, out, n, workers) || map.job < 0)
        return fail(EINVAL);
    if (others == 0) {
        for (size_t i = 0; i < n && map.bad == n; i++) {
            int error = task(in[i], &out[i]);

            if (error != 0)
                note_error(&map, i, error);
        }
    } else {
        if (workers > others)
            workers = others;
        map.chunk = cluster_chunk(n, workers);
        while (working < workers && map.next < n)
            send_chunk(&map, ++working);
        for (; working > 0; working--) {
            int rank = receive_answer(&map);

            if (map.error == 0 && map.next < n) {
                send_chunk(&map, rank);
                working++;
            }
        }
    }
    if (map.error != 0)
        return fail(map.error);
    return 0;
}

/* Runs the tasks in[0..count) with a team, and fills in what an answer says of them. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    int next = 0, bad = -1, error = 0;

    /* Each thread takes the next number until there is none. */
#pragma omp parallel num_threads(threads) default(none)                                            \
    shared(task, in, count, answer, next, bad, error)
    for (;;) {
        int i, e;

#pragma omp atomic capture
        i = next++;
        if (i >= count)
            break;
        e = task(in[i], &answer[ANSWER_HEAD + i]);
        if (e != 0) {
#pragma omp critical(note)
            if (bad == -1 || i < bad) {
                bad = i;
                error = e;
            }
        }
    }
    answer[ANSWER_BAD] = bad;
    answer[ANSWER_ERROR] = error;
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];

    if (threads < 1 || my_rank() == 0)
        return fail(EINVAL);
    memset(answer, 0, sizeof answer);
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
        MPI_Send(answer, count + ANSWER_HEAD, MPI_LONG, 0, TAG_ANSWER, MPI_COMM_WORLD);
    }
}

void cluster_stop(void)
{
    for (int rank = all_ranks() - 1; rank > 0; rank--)
        MPI_Send(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD);
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    const int rank = my_rank(), ranks = all_ranks();
    long part = 0;

    if (term == NULL || sum == NULL || n < 0 || n > MOST_TERMS)
        return fail(EINVAL);

    const long begin = slice_begin(n, rank, ranks), end = slice_begin(n, rank + 1, ranks);
    for (long i = begin; i < end; i++)
        part += term(i);
    if (rank == 0) {
        MPI_Reduce(MPI_IN_PLACE, &part, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        *sum = part;
    } else {
        MPI_Reduce(&part, NULL, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    }
    return 0;
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    MPI_Allreduce(MPI_IN_PLACE, &error, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return error;
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
    const int rank = my_rank(), ranks = all_ranks();
    long length = (long)n, part = 0, *slice = NULL;
    int counts[ranks], begins[ranks], mine;

    if (rank == 0 && ((numbers == NULL && n != 0) || n > (size_t)INT_MAX))
        length = -1;
    MPI_Bcast(&length, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (length < 0)
        return fail(EINVAL);
    fill_counts(length, ranks, counts, begins);
    mine = counts[rank];

    /* Rank 0 has its slice already. */
    if (rank != 0 && mine > 0)
        slice = malloc((size_t)mine * sizeof *slice);
    if (agree(rank != 0 && mine > 0 && slice == NULL ? ENOMEM : 0) != 0) {
        free(slice);
        return fail(ENOMEM);
    }
    if (rank == 0)
        MPI_Scatterv(numbers, counts, begins, MPI_LONG, MPI_IN_PLACE, 0, MPI_LONG, 0,
                     MPI_COMM_WORLD);
    else
        MPI_Scatterv(NULL, NULL, NULL, MPI_LONG, slice, mine, MPI_LONG, 0, MPI_COMM_WORLD);

    const long *from = rank == 0 ? numbers : slice;
    for (int i = 0; i < mine; i++)
        part += from[i];
    free(slice);
    if (rank == 0) {
        MPI_Reduce(MPI_IN_PLACE, &part, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        *sum = part;
    } else {
        MPI_Reduce(&part, NULL, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    }
    return 0;
}
