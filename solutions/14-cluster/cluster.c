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
    /* TODO(1): MPI_Init_thread(NULL, NULL, what is wanted, &what there is). The levels are numbers
     * that grow. */
    /* answer:
    return fail(ENOSYS); */
    int provided;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    return provided >= MPI_THREAD_FUNNELED ? 0 : fail(ENOTSUP);
    /* end of answer */
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
    /* TODO(2): Fill in message[CHUNK_JOB] and message[CHUNK_FIRST], copy the numbers behind the
     * head, and MPI_Send it. The last chunk may be smaller. Move map->next. */
    /* answer:
    (void)map, (void)rank; */
    long message[MESSAGE_MOST];
    size_t left = map->n - map->next, count = left < map->chunk ? left : map->chunk;

    message[CHUNK_JOB] = map->job;
    message[CHUNK_FIRST] = (long)map->next;
    memcpy(message + CHUNK_HEAD, map->in + map->next, count * sizeof *map->in);
    MPI_Send(message, CHUNK_HEAD + (int)count, MPI_LONG, rank, TAG_CHUNK, MPI_COMM_WORLD);
    map->next += count;
    /* end of answer */
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
    /* TODO(3): MPI_Recv from MPI_ANY_SOURCE; the status tells who it was, and MPI_Get_count how
     * much there is. Copy the results to where they belong, and note an error. */
    /* answer:
    (void)map;
    return 0; */
    long message[MESSAGE_MOST];
    MPI_Status status;
    size_t first;
    int count;

    MPI_Recv(message, MESSAGE_MOST, MPI_LONG, MPI_ANY_SOURCE, TAG_ANSWER, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_LONG, &count);
    first = (size_t)message[ANSWER_FIRST];
    memcpy(map->out + first, message + ANSWER_HEAD, (size_t)(count - ANSWER_HEAD) * sizeof(long));
    if (message[ANSWER_BAD] != -1)
        note_error(map, first + (size_t)message[ANSWER_BAD], (int)message[ANSWER_ERROR]);
    return status.MPI_SOURCE;
    /* end of answer */
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct map map = {.job = jobs_number(task), .in = in, .out = out, .n = n, .bad = n};
    int others = all_ranks() - 1;

    /* TODO(4): Refuse bad arguments. A chunk for each worker first, while there are any left; then
     * for each answer the next chunk to whoever sent it, unless a task has failed. The map is over
     * when nobody works on a chunk any more. If there are no other ranks, run the tasks here. */
    /* answer:
    (void)map, (void)others, (void)note_error, (void)send_chunk, (void)receive_answer;
    return fail(ENOSYS); */
    int working = 0;

    if (!map_args_ok(task, in, out, n, workers) || map.job == -1)
        return fail(EINVAL);
    for (size_t i = 0; others == 0 && i < n && map.bad == n; i++) {
        int error = task(in[i], &out[i]);

        if (error)
            note_error(&map, i, error);
    }
    if (workers > others)
        workers = others;
    map.chunk = cluster_chunk(n, workers);
    while (working < workers && map.next < n)
        send_chunk(&map, ++working);
    while (working > 0) {
        int rank = receive_answer(&map);

        if (map.next < n && map.bad == n)
            send_chunk(&map, rank);
        else
            working--;
    }
    return map.bad == n ? 0 : fail(map.error);
    /* end of answer */
}

/* Runs the tasks in[0..count) with a team, and fills in what an answer says of them. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    /* TODO(5): An OpenMP parallel for, with dynamic scheduling of single tasks. Each result goes
     * behind the answer's head. The first task in order that failed counts: all before it are run,
     * those after it may be skipped. No thread may call MPI here. */
    /* answer:
    (void)task, (void)in, (void)count, (void)threads, (void)answer; */
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
    /* end of answer */
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];

    /* TODO(6): Refuse bad arguments. Receive from rank 0, with MPI_ANY_TAG: on TAG_STOP return;
     * otherwise run the chunk and send the answer, TAG_ANSWER. The message's length says how many
     * tasks there are. */
    /* answer:
    (void)chunk, (void)answer, (void)run_chunk;
    return fail(ENOSYS); */
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
    /* end of answer */
}

void cluster_stop(void)
{
    /* TODO(7): An empty message, TAG_STOP, to every other rank. */
    /* answer: */
    int ranks = all_ranks();

    for (int rank = 1; rank < ranks; rank++)
        MPI_Send(NULL, 0, MPI_LONG, rank, TAG_STOP, MPI_COMM_WORLD);
    /* end of answer */
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    /* TODO(8): Refuse bad arguments. Add up this rank's slice (slices.h), and MPI_Reduce the sums
     * of all slices to rank 0. */
    /* answer:
    return fail(ENOSYS); */
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
    /* end of answer */
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    /* TODO(9): MPI_Allreduce with MPI_MAX. */
    /* answer:
    return error; */
    int all = 0;

    MPI_Allreduce(&error, &all, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return all;
    /* end of answer */
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
    /* TODO(10): Rank 0 tells all others the length (MPI_Bcast), or an error. Each rank makes room
     * for its slice, and they agree whether all have it. Then MPI_Scatterv, and MPI_Reduce. */
    /* answer:
    (void)agree, (void)fill_counts;
    return fail(ENOSYS); */
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
    if (!error && slice && counts && begins) {
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
    /* end of answer */
}
