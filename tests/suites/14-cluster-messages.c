/* Messages from one rank to another, and waiting for them. */
#include <stddef.h>

#include "14-cluster/slices.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-ledger.h"

/* What a message says, by the words of slices.h: it tells who has made a mistake. */
static void note_words(const long message[], int count, int rank, int tag)
{
    long bad = -1;

    if (tag == TAG_STOP)
        atomic_fetch_add(&ledger_mine()->stops[rank], 1);
    if (tag == TAG_CHUNK && count >= CHUNK_HEAD)
        atomic_store(&ledger->job_sent, message[CHUNK_JOB]);
    if (tag == TAG_ANSWER && count >= ANSWER_HEAD && message[ANSWER_BAD] >= 0)
        bad = message[ANSWER_FIRST] + message[ANSWER_BAD];
    if (bad != -1 && (atomic_load(&ledger->bad_told) == -1 || bad < atomic_load(&ledger->bad_told)))
        atomic_store(&ledger->bad_told, bad);
}

static void note_sent(const void *buffer, int count, MPI_Datatype type, int rank, int tag,
                      MPI_Comm comm)
{
    if (comm != MPI_COMM_WORLD || rank < 0 || rank >= LEDGER_RANKS)
        return;
    note_words(buffer, type == MPI_LONG && buffer ? count : 0, rank, tag);
    atomic_store(&ledger_mine()->sent_tag[rank], tag);
    atomic_fetch_add(&ledger_mine()->sent[rank], 1);
}

static int send(const char *call, const void *buffer, int count, MPI_Datatype type, int rank,
                int tag, MPI_Comm comm)
{
    MPI_Request request;

    calls_check(call);
    ledger_wait("in %s until %s receives a message with %s", call, calls_rank(rank),
                calls_tag(tag));
    note_sent(buffer, count, type, rank, tag, comm);
    calls_check_error(call, PMPI_Issend(buffer, count, type, rank, tag, comm, &request));
    calls_finish(call, &request, MPI_STATUS_IGNORE);
    return MPI_SUCCESS;
}

int MPI_Send(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm)
{
    return send("MPI_Send", buffer, count, type, rank, tag, comm);
}

int MPI_Ssend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm)
{
    return send("MPI_Ssend", buffer, count, type, rank, tag, comm);
}

int MPI_Recv(void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
             MPI_Status *status)
{
    MPI_Request request;
    MPI_Status mine;

    calls_check("MPI_Recv");
    ledger_wait("in MPI_Recv for a message from %s with %s", calls_rank(rank), calls_tag(tag));
    calls_check_error("MPI_Recv", PMPI_Irecv(buffer, count, type, rank, tag, comm, &request));
    calls_finish("MPI_Recv", &request, &mine);
    calls_note_received(&mine, comm);
    if (status != MPI_STATUS_IGNORE)
        *status = mine;
    return MPI_SUCCESS;
}

int MPI_Sendrecv(const void *from, int sent, MPI_Datatype type, int to, int tag, void *into,
                 int count, MPI_Datatype other, int rank, int expected, MPI_Comm comm,
                 MPI_Status *status)
{
    MPI_Request sending, receiving;
    MPI_Status mine;

    calls_check("MPI_Sendrecv");
    ledger_wait("in MPI_Sendrecv, to %s and from another", calls_rank(to));
    calls_check_error("MPI_Sendrecv",
                      PMPI_Irecv(into, count, other, rank, expected, comm, &receiving));
    calls_check_error("MPI_Sendrecv", PMPI_Issend(from, sent, type, to, tag, comm, &sending));
    note_sent(from, sent, type, to, tag, comm);
    calls_finish("MPI_Sendrecv", &sending, MPI_STATUS_IGNORE);
    ledger_wait("in MPI_Sendrecv for a message from %s with %s", calls_rank(rank),
                calls_tag(expected));
    calls_finish("MPI_Sendrecv", &receiving, &mine);
    calls_note_received(&mine, comm);
    if (status != MPI_STATUS_IGNORE)
        *status = mine;
    return MPI_SUCCESS;
}

int MPI_Isend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    static const char empty;
    int size;

    calls_check("MPI_Isend");
    calls_check_error("MPI_Isend", PMPI_Issend(buffer, count, type, rank, tag, comm, request));
    note_sent(buffer, count, type, rank, tag, comm);
    PMPI_Type_size(type, &size);
    calls_track(*request, buffer ? buffer : &empty, buffer ? size * count : 0, rank);
    return MPI_SUCCESS;
}

/* Nobody will be told when it is over. What was sent must be received all the same. */
int MPI_Request_free(MPI_Request *request)
{
    calls_check("MPI_Request_free");
    calls_forget(*request);
    return PMPI_Request_free(request);
}

int MPI_Irecv(void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    calls_check("MPI_Irecv");
    calls_check_error("MPI_Irecv", PMPI_Irecv(buffer, count, type, rank, tag, comm, request));
    calls_track(*request, NULL, 0, rank);
    return MPI_SUCCESS;
}

int MPI_Iprobe(int rank, int tag, MPI_Comm comm, int *there, MPI_Status *status)
{
    calls_check("MPI_Iprobe");
    calls_check_error("MPI_Iprobe", PMPI_Iprobe(rank, tag, comm, there, status));
    if (*there) {
        ledger_waited();
        return MPI_SUCCESS;
    }
    ledger_wait("and asks with MPI_Iprobe for a message from %s with %s", calls_rank(rank),
                calls_tag(tag));
    ledger_asked();
    return MPI_SUCCESS;
}

int MPI_Probe(int rank, int tag, MPI_Comm comm, MPI_Status *status)
{
    int there = 0;

    calls_check("MPI_Probe");
    ledger_wait("in MPI_Probe for a message from %s with %s", calls_rank(rank), calls_tag(tag));
    while (!there) {
        calls_check_error("MPI_Probe", PMPI_Iprobe(rank, tag, comm, &there, status));
        if (!there)
            ledger_poll();
    }
    ledger_waited();
    return MPI_SUCCESS;
}
