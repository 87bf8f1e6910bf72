/* Right: synchronous sends in two halves, matched probes, and requests that are made once and begun
 * again and again; the team takes numbers from a counter. */
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

/* In two halves of a synchronous send, so that the array is ours again at the end. */
static void send_chunk(struct map *map, int rank)
{
    long *message = malloc(MESSAGE_MOST * sizeof *message), spare[MESSAGE_MOST];
    long *text = message ? message : spare;
    MPI_Request request;
    size_t count = 0;

    text[CHUNK_JOB] = map->job;
    text[CHUNK_FIRST] = (long)map->next;
    for (; count < map->chunk && map->next < map->n; count++)
        text[CHUNK_HEAD + count] = map->in[map->next++];
    MPI_Issend(text, (int)count + CHUNK_HEAD, MPI_LONG, rank, TAG_CHUNK, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    free(message);
}

/* Notes that a task has failed. */
static void note_error(struct map *map, size_t index, int error)
{
    if (index < map->bad) {
        map->bad = index;
        map->error = error;
    }
}

/* A matched probe first, which says how long the answer is; then exactly that message. */
static int receive_answer(struct map *map)
{
    long head[MESSAGE_MOST];
    MPI_Message found;
    MPI_Status status;
    int count;

    MPI_Mprobe(MPI_ANY_SOURCE, TAG_ANSWER, MPI_COMM_WORLD, &found, &status);
    MPI_Get_count(&status, MPI_LONG, &count);
    MPI_Mrecv(head, count, MPI_LONG, &found, MPI_STATUS_IGNORE);
    for (int i = ANSWER_HEAD; i < count; i++)
        map->out[head[ANSWER_FIRST] + i - ANSWER_HEAD] = head[i];
    if (head[ANSWER_BAD] != -1)
        note_error(map, (size_t)(head[ANSWER_FIRST] + head[ANSWER_BAD]), (int)head[ANSWER_ERROR]);
    return status.MPI_SOURCE;
}

/* Without other ranks. */
static void run_here(struct map *map, task_fn *task)
{
    for (size_t i = 0; i < map->n && !map->error; i++)
        map->error = task(map->in[i], &map->out[i]);
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct map map = {.job = jobs_number(task), .in = in, .out = out, .n = n, .bad = n};
    int others = all_ranks() - 1, busy = 0;

    if (!map_args_ok(task, in, out, n, workers) || map.job < 0)
        return fail(EINVAL);
    if (others == 0) {
        run_here(&map, task);
        return map.error ? fail(map.error) : 0;
    }
    workers = workers < others ? workers : others;
    map.chunk = cluster_chunk(n, workers);
    while (busy < workers && map.next < n)
        send_chunk(&map, ++busy);
    while (busy > 0) {
        int rank = receive_answer(&map);

        if (map.next < n && !map.error)
            send_chunk(&map, rank);
        else
            busy--;
    }
    return map.error ? fail(map.error) : 0;
}

/* The team takes numbers from a counter; the lowest failure is found by compare and exchange, its
 * error lies in a table. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    static int errors[CLUSTER_MOST_CHUNK];
    int next = 0, bad = count;

#pragma omp parallel num_threads(threads)
    for (;;) {
        int mine, seen;

#pragma omp atomic capture seq_cst
        mine = next++;
        seen = __atomic_load_n(&bad, __ATOMIC_SEQ_CST);
        if (mine >= count || mine > seen)
            break;
        errors[mine] = task(in[mine], answer + ANSWER_HEAD + mine);
        while (errors[mine] && mine < seen &&
               !__atomic_compare_exchange_n(&bad, &seen, mine, false, __ATOMIC_SEQ_CST,
                                            __ATOMIC_SEQ_CST))
            ;
    }
    answer[ANSWER_BAD] = bad < count ? bad : -1;
    answer[ANSWER_ERROR] = bad < count ? errors[bad] : 0;
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];
    MPI_Request next;

    if (threads < 1 || my_rank() == 0)
        return fail(EINVAL);
    memset(answer, 0, sizeof answer);
    MPI_Recv_init(chunk, MESSAGE_MOST, MPI_LONG, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &next);
    for (;;) {
        MPI_Status status;
        int count;

        MPI_Start(&next);
        MPI_Wait(&next, &status);
        if (status.MPI_TAG == TAG_STOP) {
            MPI_Request_free(&next);
            return 0;
        }
        MPI_Get_count(&status, MPI_LONG, &count);
        count -= CHUNK_HEAD;
        answer[ANSWER_FIRST] = chunk[CHUNK_FIRST];
        run_chunk(jobs_task(chunk[CHUNK_JOB]), chunk + CHUNK_HEAD, count, threads, answer);
        MPI_Send(answer, ANSWER_HEAD + count, MPI_LONG, 0, TAG_ANSWER, MPI_COMM_WORLD);
    }
}

void cluster_stop(void)
{
    int ranks = all_ranks();

    for (int rank = 1; rank < ranks; rank++) {
        MPI_Request stop;

        MPI_Send_init(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD, &stop);
        MPI_Startall(1, &stop);
        MPI_Waitall(1, &stop, MPI_STATUSES_IGNORE);
        MPI_Request_free(&stop);
    }
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    int rank = my_rank(), ranks = all_ranks();
    long part = 0, total = 0, end;

    if (!term || !sum || n < 0 || n > MOST_TERMS)
        return fail(EINVAL);
    end = slice_begin(n, rank + 1, ranks);
    for (long i = slice_begin(n, rank, ranks); i < end; i++)
        part += term(i);
    MPI_Reduce(&part, &total, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        *sum = total;
    return 0;
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    int worst = error;

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

/* Rank 0's own slice stays where it is (MPI_IN_PLACE); one allocation on each rank. */
int cluster_sum_scatter(const long numbers[], size_t n, long *sum)
{
    const int rank = my_rank(), ranks = all_ranks();
    long length = (long)n, part = 0, mine, begin;
    const long *read = numbers;
    void *memory;
    int error;

    if (rank == 0 && (n > INT_MAX || (n && !numbers)))
        length = -1;
    MPI_Bcast(&length, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (length == -1)
        return fail(EINVAL);
    begin = slice_begin(length, rank, ranks);
    mine = slice_begin(length, rank + 1, ranks) - begin;
    memory = rank == 0 ? malloc((size_t)ranks * 2 * sizeof(int))
                       : malloc((size_t)(mine + 1) * sizeof(long));
    error = agree(memory ? 0 : ENOMEM);
    if (error)
        goto out;
    if (rank == 0) {
        int *counts = memory;

        fill_counts(length, ranks, counts, counts + ranks);
        MPI_Scatterv(numbers, counts, counts + ranks, MPI_LONG, MPI_IN_PLACE, 0, MPI_LONG, 0,
                     MPI_COMM_WORLD);
    } else {
        MPI_Scatterv(NULL, NULL, NULL, MPI_LONG, memory, (int)mine, MPI_LONG, 0, MPI_COMM_WORLD);
        read = memory;
    }
    for (long i = 0; i < mine; i++)
        part += read[i];
    if (rank == 0) {
        MPI_Reduce(MPI_IN_PLACE, &part, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        *sum = part;
    } else {
        MPI_Reduce(&part, NULL, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
    }
out:
    free(memory);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
