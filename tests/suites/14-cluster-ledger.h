/* Suite 14: a page of memory that the test and all ranks of the job it started have in common. The
 * ranks note there what they do; so the test knows who waits for what, and says it.
 *
 * All fields that somebody else reads while they may be written are atomic, except for texts: those
 * are read once their writer waits. */
#ifndef LOCKSTEP_SUITES_CLUSTER_LEDGER_H
#define LOCKSTEP_SUITES_CLUSTER_LEDGER_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tests/watch/notes.h"

enum { LEDGER_RANKS = 5, LEDGER_TASKS = 100000, LEDGER_TEXT = 1200, LEDGER_CALL = 160 };

struct ledger_rank {
    atomic_int pid; /* in /proc; 0: it has not begun */
    atomic_int ended;
    atomic_int exit_status; /* 1 + that of exit(3), if it was called; 0 */
    atomic_int out_of_time; /* it has used all of its CPU time (SIGXCPU) */
    atomic_int waits;       /* it is in an MPI call that waits, or asks again and again */
    atomic_ulong events;    /* what it got done: calls that came to their end, tasks that began */
    atomic_ulong polls;     /* how often it has asked MPI whether a call can end */
    atomic_int running;     /* tasks under way here */
    atomic_int held;        /* those that are kept in the room */
    char call[LEDGER_CALL]; /* where it waits: "in MPI_Recv for ..." */
    struct notes notes;
    atomic_int sent[LEDGER_RANKS], sent_tag[LEDGER_RANKS]; /* messages, to each rank */
    atomic_int stops[LEDGER_RANKS];                        /* those with TAG_STOP, to each rank */
    atomic_int services;                                   /* how often it has served to the end */
    atomic_int received[LEDGER_RANKS];                     /* from each rank */
    atomic_int tasks;                                      /* tasks that it has run */
};

/* A room where tasks wait: it opens when `wanted` have come, or, by the test's hand, when nobody
 * can come any more. */
struct ledger_room {
    atomic_int wanted; /* 0: nobody is kept */
    atomic_int come, inside, most;
    atomic_int open, hopeless;
    sem_t gate;
};

struct ledger {
    int ranks; /* how many were started */
    struct ledger_rank ranks_of[LEDGER_RANKS];
    atomic_int told;
    char word[16], text[LEDGER_TEXT]; /* the first outcome that a rank tells */
    atomic_int teller;
    struct ledger_room room;
    atomic_int done;          /* tasks that came to their end, in all */
    atomic_int stops;         /* how often rank 0 has called cluster_stop */
    atomic_int strayed;       /* a task was run by its address and not by its number */
    atomic_int other;         /* the other task is what rank 0 maps now */
    atomic_int mistaken;      /* and not that one was run, or the other way round */
    atomic_long job_sent;     /* the number in the last chunk that rank 0 sent; -1: none */
    atomic_long bad_told;     /* the lowest index of a failed task that an answer told; -1: none */
    atomic_int team;          /* how many threads the last task's team has */
    atomic_int heard;         /* messages that rank 0 has received */
    atomic_int opens_at;      /* with so many the room opens; 0: not by messages */
    atomic_long kept_for;     /* the task that waits in the room; -1: all do */
    atomic_long fails[2];     /* tasks that fail, and with what error */
    atomic_int fails_with[2]; /* 0: none */
    atomic_int stop_at; /* the thread of task 0 stops at this point after it; 0: it does not */
    atomic_int met, both_met; /* then tasks 0 and 1 meet before: how many are there; both are */
    atomic_uchar ran[LEDGER_TASKS], by[LEDGER_TASKS];
};

extern struct ledger *ledger;
extern int ledger_me; /* this rank; -1: the test itself */

struct ledger_rank *ledger_mine(void);

/* In a rank: this process is the given one from now on. What grader_fail says goes to the test. */
void ledger_join(int file, int rank);

/* In a rank: ends it, and the test, as failed. */
__attribute__((noreturn, format(printf, 2, 3))) void ledger_fail(const char *look_at,
                                                                 const char *format, ...);

/* In a rank, around what may wait for another one. */
__attribute__((format(printf, 1, 2))) void ledger_wait(const char *format, ...);
void ledger_poll(void);
void ledger_asked(void); /* by a call of the graded code's own that does not wait */
void ledger_waited(void);

/* In a rank: it has received a message. */
void ledger_hear(int from);

/* In a task: it begins; waits in the room; has come to its end. */
void ledger_begin_task(long in);
void ledger_enter_room(void);
void ledger_end_task(void);

/* Lets all go on who are kept in the room, and who come there later. */
void ledger_open_room(void);

/* In rank 0 (or the test): a new room, and nothing has run. */
void ledger_open_anew(int wanted);

/* How many messages this rank has sent. */
int ledger_sent(void);

#endif
