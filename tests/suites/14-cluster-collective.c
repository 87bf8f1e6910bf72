/* Calls that all ranks make together. */
#include <limits.h>

#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-ledger.h"

long calls_broadcast;
int calls_most_scattered, calls_fewest_scattered = INT_MAX;

/* Makes the call that does not wait, `start`, and finishes it. */
#define TOGETHER(call, start)                                                                      \
    do {                                                                                           \
        MPI_Request request;                                                                       \
                                                                                                   \
        calls_check(call);                                                                         \
        ledger_wait("in %s for the other ranks", call);                                            \
        calls_check_error(call, start);                                                            \
        calls_finish(call, &request, MPI_STATUS_IGNORE);                                           \
        return MPI_SUCCESS;                                                                        \
    } while (0)

int MPI_Barrier(MPI_Comm comm)
{
    TOGETHER("MPI_Barrier", PMPI_Ibarrier(comm, &request));
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    int size;

    PMPI_Type_size(type, &size);
    calls_broadcast += (long)size * count;
    TOGETHER("MPI_Bcast", PMPI_Ibcast(buffer, count, type, root, comm, &request));
}

int MPI_Reduce(const void *from, void *into, int count, MPI_Datatype type, MPI_Op op, int root,
               MPI_Comm comm)
{
    TOGETHER("MPI_Reduce", PMPI_Ireduce(from, into, count, type, op, root, comm, &request));
}

int MPI_Allreduce(const void *from, void *into, int count, MPI_Datatype type, MPI_Op op,
                  MPI_Comm comm)
{
    TOGETHER("MPI_Allreduce", PMPI_Iallreduce(from, into, count, type, op, comm, &request));
}

int MPI_Gather(const void *from, int sent, MPI_Datatype type, void *into, int count,
               MPI_Datatype other, int root, MPI_Comm comm)
{
    TOGETHER("MPI_Gather",
             PMPI_Igather(from, sent, type, into, count, other, root, comm, &request));
}

int MPI_Allgather(const void *from, int sent, MPI_Datatype type, void *into, int count,
                  MPI_Datatype other, MPI_Comm comm)
{
    TOGETHER("MPI_Allgather",
             PMPI_Iallgather(from, sent, type, into, count, other, comm, &request));
}

int MPI_Scatter(const void *from, int sent, MPI_Datatype type, void *into, int count,
                MPI_Datatype other, int root, MPI_Comm comm)
{
    TOGETHER("MPI_Scatter",
             PMPI_Iscatter(from, sent, type, into, count, other, root, comm, &request));
}

int MPI_Scatterv(const void *from, const int counts[], const int begins[], MPI_Datatype type,
                 void *into, int count, MPI_Datatype other, int root, MPI_Comm comm)
{
    if (ledger_me == root)
        for (int i = 0; i < ledger->ranks; i++) {
            if (counts[i] > calls_most_scattered)
                calls_most_scattered = counts[i];
            if (counts[i] < calls_fewest_scattered)
                calls_fewest_scattered = counts[i];
        }
    TOGETHER("MPI_Scatterv",
             PMPI_Iscatterv(from, counts, begins, type, into, count, other, root, comm, &request));
}
