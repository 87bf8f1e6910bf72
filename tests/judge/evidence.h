/* What a test reports over a socket, in the words of tests/watch/protocol.h, and what of that the
 * judge believes. */
#ifndef LOCKSTEP_JUDGE_EVIDENCE_H
#define LOCKSTEP_JUDGE_EVIDENCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/watch/notes.h"

struct evidence {
    int socket;     /* becomes readable when a message has come; -1: none will come */
    char nonce[40]; /* what the test must say at its end */
    pid_t original; /* who said hello first: the process that becomes the test */
    bool ended;     /* the end was reported, with the nonce, by that process */
    bool not_started;
    char text[2048]; /* the first failure reported, in one line; the function that is not written */
    char look_at[64]; /* the function to look at for that failure, or "" */
    int notes_file;   /* what the test notes (tests/watch/notes.h); -1: nothing */
};

/* Makes the socket, a nonce and empty notes. Stores in *test the other end, for the test. Returns
 * 0, or -1 with errno. */
int evidence_open(struct evidence *evidence, int *test);

/* Reads what the test has noted; empty if there is nothing. */
struct notes evidence_notes(const struct evidence *evidence);

/* Takes in what has been reported so far, without waiting. Takes no more than a certain number of
 * messages, so that a test that sends them without end cannot hold up the judge. */
void evidence_read(struct evidence *evidence);

void evidence_close(struct evidence *evidence);

#endif
