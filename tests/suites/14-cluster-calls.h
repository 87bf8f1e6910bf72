/* Suite 14: what stands between the graded code and MPI. Every call that may wait is a call that
 * does not wait (MPI_Irecv for MPI_Recv) and a loop that asks whether it is done, so the ledger
 * shows who waits for what. Whoever sends waits until the message is received: MPI may do so at any
 * time, and a program that relies on less is wrong. */
#ifndef LOCKSTEP_SUITES_CLUSTER_CALLS_H
#define LOCKSTEP_SUITES_CLUSTER_CALLS_H

#include <mpi.h>
#include <stdbool.h>

/* What MPI_Init_thread says that it provides, at most and at least; and what it was asked for, -1:
 * nothing. */
extern int calls_most_provided, calls_least_provided, calls_asked;

/* How many bytes MPI_Bcast has carried; how many numbers MPI_Scatterv has given to each rank (on
 * the rank that has them), the most and the fewest of one call. */
extern long calls_broadcast;
extern int calls_most_scattered, calls_fewest_scattered;

/* Fails the test unless this is the thread that started MPI. `call` is the function's name. */
void calls_check(const char *call);

/* Fails the test if a call has failed. */
void calls_check_error(const char *call, int error);

/* Asks until the request is done. The request is none of the graded code's. */
void calls_finish(const char *call, MPI_Request *request, MPI_Status *status);

/* A message has come; MPI_STATUS_IGNORE is not allowed here. */
void calls_note_received(const MPI_Status *status, MPI_Comm comm);

/* A message as MPI's calls describe it. */
struct message {
    const void *buffer; /* NULL: it is received, and not sent */
    int count;
    MPI_Datatype type;
    int rank, tag;
    MPI_Comm comm;
};

/* A request of the graded code's begins; */
void calls_track(MPI_Request request, struct message message);
/* or is made, to be begun any number of times; */
void calls_make(MPI_Request request, struct message message);
/* begins again: returns what it is, or NULL if it is none of these; */
const struct message *calls_start(MPI_Request request);
/* is done. */
void calls_complete(MPI_Request request, const MPI_Status *status);
/* Nobody will wait for it. Returns true if it is a message that is still under way: this file sees
 * to its end, and to its buffer, which stays MPI's until then. */
bool calls_forget(MPI_Request request);
void calls_look_at_freed(void);

/* Is there something to wait for? Not if it was made, and is not begun. */
bool calls_is_under_way(MPI_Request request);

/* At the end of what a rank does: all of its requests are over; and all ranks are at the end. */
void calls_end(void);

/* "rank 2" or "any rank"; "tag 3" or "any tag". They live until the next two such calls. */
const char *calls_rank(int rank);
const char *calls_tag(int tag);

#endif
