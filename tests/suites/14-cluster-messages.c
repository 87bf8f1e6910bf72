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
    ledger_wait("in %s for a message from %s with %s", "MPI_Recv", calls_rank(rank),
                calls_tag(tag));
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
    ledger_wait("in %s for a message from %s with %s", "MPI_Sendrecv", calls_rank(rank),
                calls_tag(expected));
    calls_finish("MPI_Sendrecv", &receiving, &mine);
    calls_note_received(&mine, comm);
    if (status != MPI_STATUS_IGNORE)
        *status = mine;
    return MPI_SUCCESS;
}

int MPI_Rsend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm)
{
    return send("MPI_Rsend", buffer, count, type, rank, tag, comm);
}

/* It has its copy in the buffer that the program has given to MPI, and does not wait. */
int MPI_Bsend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm)
{
    calls_check("MPI_Bsend");
    note_sent(buffer, count, type, rank, tag, comm);
    calls_check_error("MPI_Bsend", PMPI_Bsend(buffer, count, type, rank, tag, comm));
    return MPI_SUCCESS;
}

/* A message that is sent: it has a buffer, also if it is empty. */
static struct message outgoing(const void *buffer, int count, MPI_Datatype type, int rank, int tag,
                               MPI_Comm comm)
{
    static const char empty;

    return (struct message){buffer ? buffer : &empty, buffer ? count : 0, type, rank, tag, comm};
}

int MPI_Isend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    calls_check("MPI_Isend");
    calls_check_error("MPI_Isend", PMPI_Issend(buffer, count, type, rank, tag, comm, request));
    note_sent(buffer, count, type, rank, tag, comm);
    calls_track(*request, outgoing(buffer, count, type, rank, tag, comm));
    return MPI_SUCCESS;
}

int MPI_Issend(const void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
               MPI_Request *request)
{
    return MPI_Isend(buffer, count, type, rank, tag, comm, request);
}

/* Nobody will be told when it is over. What was sent must be received all the same. */
int MPI_Request_free(MPI_Request *request)
{
    calls_check("MPI_Request_free");
    if (!calls_forget(*request))
        return PMPI_Request_free(request);
    *request = MPI_REQUEST_NULL;
    return MPI_SUCCESS;
}

int MPI_Irecv(void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    calls_check("MPI_Irecv");
    calls_check_error("MPI_Irecv", PMPI_Irecv(buffer, count, type, rank, tag, comm, request));
    calls_track(*request, (struct message){NULL, count, type, rank, tag, comm});
    return MPI_SUCCESS;
}

/* ---- requests that are made once, and begun again and again ------------------------------- */

int MPI_Send_init(const void *buffer, int count, MPI_Datatype type, int rank, int tag,
                  MPI_Comm comm, MPI_Request *request)
{
    calls_check("MPI_Send_init");
    calls_check_error("MPI_Send_init",
                      PMPI_Ssend_init(buffer, count, type, rank, tag, comm, request));
    calls_make(*request, outgoing(buffer, count, type, rank, tag, comm));
    return MPI_SUCCESS;
}

int MPI_Ssend_init(const void *buffer, int count, MPI_Datatype type, int rank, int tag,
                   MPI_Comm comm, MPI_Request *request)
{
    return MPI_Send_init(buffer, count, type, rank, tag, comm, request);
}

int MPI_Recv_init(void *buffer, int count, MPI_Datatype type, int rank, int tag, MPI_Comm comm,
                  MPI_Request *request)
{
    calls_check("MPI_Recv_init");
    calls_check_error("MPI_Recv_init",
                      PMPI_Recv_init(buffer, count, type, rank, tag, comm, request));
    calls_make(*request, (struct message){NULL, count, type, rank, tag, comm});
    return MPI_SUCCESS;
}

int MPI_Start(MPI_Request *request)
{
    const struct message *message;

    calls_check("MPI_Start");
    calls_check_error("MPI_Start", PMPI_Start(request));
    message = calls_start(*request);
    if (message && message->buffer)
        note_sent(message->buffer, message->count, message->type, message->rank, message->tag,
                  message->comm);
    return MPI_SUCCESS;
}

int MPI_Startall(int count, MPI_Request requests[])
{
    for (int i = 0; i < count; i++)
        MPI_Start(&requests[i]);
    return MPI_SUCCESS;
}

/* ---- looking whether a message is there --------------------------------------------------- */

/* What MPI_Iprobe and MPI_Improbe do after their question. */
static int asked(const char *call, int rank, int tag, int there)
{
    if (there) {
        ledger_waited();
        return MPI_SUCCESS;
    }
    ledger_wait("and asks with %s for a message from %s with %s", call, calls_rank(rank),
                calls_tag(tag));
    calls_look_at_freed();
    ledger_asked();
    return MPI_SUCCESS;
}

int MPI_Iprobe(int rank, int tag, MPI_Comm comm, int *there, MPI_Status *status)
{
    calls_check("MPI_Iprobe");
    calls_check_error("MPI_Iprobe", PMPI_Iprobe(rank, tag, comm, there, status));
    return asked("MPI_Iprobe", rank, tag, *there);
}

int MPI_Improbe(int rank, int tag, MPI_Comm comm, int *there, MPI_Message *message,
                MPI_Status *status)
{
    calls_check("MPI_Improbe");
    calls_check_error("MPI_Improbe", PMPI_Improbe(rank, tag, comm, there, message, status));
    return asked("MPI_Improbe", rank, tag, *there);
}

/* MPI_Probe, and MPI_Mprobe if there is a place for the message. */
static int probe(const char *call, int rank, int tag, MPI_Comm comm, MPI_Message *message,
                 MPI_Status *status)
{
    int there = 0;

    calls_check(call);
    ledger_wait("in %s for a message from %s with %s", call, calls_rank(rank), calls_tag(tag));
    while (!there) {
        calls_check_error(call, message ? PMPI_Improbe(rank, tag, comm, &there, message, status)
                                        : PMPI_Iprobe(rank, tag, comm, &there, status));
        calls_look_at_freed();
        if (!there)
            ledger_poll();
    }
    ledger_waited();
    return MPI_SUCCESS;
}

int MPI_Probe(int rank, int tag, MPI_Comm comm, MPI_Status *status)
{
    return probe("MPI_Probe", rank, tag, comm, NULL, status);
}

int MPI_Mprobe(int rank, int tag, MPI_Comm comm, MPI_Message *message, MPI_Status *status)
{
    return probe("MPI_Mprobe", rank, tag, comm, message, status);
}

/* The message is there, but its end may still be under way. */
int MPI_Mrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message, MPI_Status *status)
{
    MPI_Request request;
    MPI_Status mine;

    calls_check("MPI_Mrecv");
    ledger_wait("in %s for a message from %s with %s", "MPI_Mrecv", calls_rank(MPI_ANY_SOURCE),
                calls_tag(MPI_ANY_TAG));
    calls_check_error("MPI_Mrecv", PMPI_Imrecv(buffer, count, type, message, &request));
    calls_finish("MPI_Mrecv", &request, &mine);
    calls_note_received(&mine, MPI_COMM_WORLD);
    if (status != MPI_STATUS_IGNORE)
        *status = mine;
    return MPI_SUCCESS;
}

int MPI_Imrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message,
               MPI_Request *request)
{
    calls_check("MPI_Imrecv");
    calls_check_error("MPI_Imrecv", PMPI_Imrecv(buffer, count, type, message, request));
    calls_track(*request,
                (struct message){NULL, count, type, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD});
    return MPI_SUCCESS;
}
