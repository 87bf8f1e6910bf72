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
    return fail(ENOSYS);
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
    (void)map, (void)rank;
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
    (void)map;
    return 0;
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct map map = {.job = jobs_number(task), .in = in, .out = out, .n = n, .bad = n};
    int others = all_ranks() - 1;

    /* TODO(4): Refuse bad arguments. A chunk for each worker first, while there are any left; then
     * for each answer the next chunk to whoever sent it, unless a task has failed. The map is over
     * when nobody works on a chunk any more. If there are no other ranks, run the tasks here. */
    (void)map, (void)others, (void)note_error, (void)send_chunk, (void)receive_answer;
    return fail(ENOSYS);
}

/* Runs the tasks in[0..count) with a team, and fills in what an answer says of them. */
static void run_chunk(task_fn *task, const long in[], int count, int threads, long answer[])
{
    /* TODO(5): An OpenMP parallel for, with dynamic scheduling of single tasks. Each result goes
     * behind the answer's head. The first task in order that failed counts: all before it are run,
     * those after it may be skipped. No thread may call MPI here. */
    (void)task, (void)in, (void)count, (void)threads, (void)answer;
}

int cluster_serve(int threads)
{
    long chunk[MESSAGE_MOST], answer[MESSAGE_MOST];

    /* TODO(6): Refuse bad arguments. Receive from rank 0, with MPI_ANY_TAG: on TAG_STOP return;
     * otherwise run the chunk and send the answer, TAG_ANSWER. The message's length says how many
     * tasks there are. */
    (void)chunk, (void)answer, (void)run_chunk;
    return fail(ENOSYS);
}

void cluster_stop(void)
{
    /* TODO(7): An empty message, TAG_STOP, to every other rank. */
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    /* TODO(8): Refuse bad arguments. Add up this rank's slice (slices.h), and MPI_Reduce the sums
     * of all slices to rank 0. */
    return fail(ENOSYS);
}

/* Lets all ranks know an error that one of them has; 0: none. Returns the largest. */
static int agree(int error)
{
    /* TODO(9): MPI_Allreduce with MPI_MAX. */
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
    /* TODO(10): Rank 0 tells all others the length (MPI_Bcast), or an error. Each rank makes room
     * for its slice, and they agree whether all have it. Then MPI_Scatterv, and MPI_Reduce. */
    (void)agree, (void)fill_counts;
    return fail(ENOSYS);
}
