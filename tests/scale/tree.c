#include "tests/scale/tree.h"

#include <mpi.h>
#include <stdlib.h>

enum { TAG_SHARE = 21, TAG_RESULTS, TAG_TASK, TAG_RESULT, TAG_END };

/* The master of a rank that works. */
static int master_of(int rank, int masters)
{
    return 1 + (rank - 1 - masters) % masters;
}

/* A master's share of n tasks begins here. */
static size_t share_begin(size_t n, int master, int masters)
{
    return n * (size_t)(master - 1) / (size_t)masters;
}

static int hand_out_shares(int masters, const long in[], long out[], size_t n)
{
    for (int master = 1; master <= masters; master++) {
        size_t begin = share_begin(n, master, masters);

        MPI_Send(in + begin, (int)(share_begin(n, master + 1, masters) - begin), MPI_LONG, master,
                 TAG_SHARE, MPI_COMM_WORLD);
    }
    for (int master = 1; master <= masters; master++) {
        size_t begin = share_begin(n, master, masters);

        MPI_Recv(out + begin, (int)(share_begin(n, master + 1, masters) - begin), MPI_LONG, master,
                 TAG_RESULTS, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
    return 0;
}

/* A task is its place in the share, and its number. */
static void send_task(const long in[], int *next, int rank)
{
    long task[2] = {*next, in[*next]};

    MPI_Send(task, 2, MPI_LONG, rank, TAG_TASK, MPI_COMM_WORLD);
    ++*next;
}

static void hand_out_tasks(int me, int masters, int ranks, const long in[], long out[], int count)
{
    int next = 0, working = 0;

    for (int rank = masters + me; rank < ranks; rank += masters) {
        if (next < count) {
            send_task(in, &next, rank);
            working++;
        } else {
            MPI_Send(NULL, 0, MPI_LONG, rank, TAG_END, MPI_COMM_WORLD);
        }
    }
    while (working > 0) {
        long result[2];
        MPI_Status status;

        MPI_Recv(result, 2, MPI_LONG, MPI_ANY_SOURCE, TAG_RESULT, MPI_COMM_WORLD, &status);
        out[result[0]] = result[1];
        if (next < count) {
            send_task(in, &next, status.MPI_SOURCE);
        } else {
            MPI_Send(NULL, 0, MPI_LONG, status.MPI_SOURCE, TAG_END, MPI_COMM_WORLD);
            working--;
        }
    }
}

static int be_master(int me, int masters, int ranks)
{
    MPI_Status status;
    int count;
    long *in, *out;

    MPI_Probe(0, TAG_SHARE, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_LONG, &count);
    in = calloc((size_t)count + 1, sizeof *in);
    out = calloc((size_t)count + 1, sizeof *out);
    if (!in || !out) {
        free(in);
        free(out);
        return -1;
    }
    MPI_Recv(in, count, MPI_LONG, 0, TAG_SHARE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    hand_out_tasks(me, masters, ranks, in, out, count);
    MPI_Send(out, count, MPI_LONG, 0, TAG_RESULTS, MPI_COMM_WORLD);
    free(in);
    free(out);
    return 0;
}

static int work(int master, task_fn *task)
{
    for (;;) {
        long message[2], result[2];
        MPI_Status status;

        MPI_Recv(message, 2, MPI_LONG, master, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == TAG_END)
            return 0;
        result[0] = message[0];
        if (task(message[1], &result[1]))
            return -1;
        MPI_Send(result, 2, MPI_LONG, master, TAG_RESULT, MPI_COMM_WORLD);
    }
}

int scale_tree(int rank, int masters, task_fn *task, const long in[], long out[], size_t n)
{
    int ranks;

    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (rank == 0)
        return hand_out_shares(masters, in, out, n);
    if (rank <= masters)
        return be_master(rank, masters, ranks);
    return work(master_of(rank, masters), task);
}
