/* Lab 11, given: what the functions that ask for many numbers keep. */
#ifndef LOCKSTEP_LABS_EXCHANGE_H
#define LOCKSTEP_LABS_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "11-blocking-io/plan.h"

/* One request that is under way in fetch_all_polled: all that a thread of its own would have on its
 * stack, and where in the code it is. */
struct exchange {
    size_t index;   /* whose it is: in[index], out[index] */
    int file;       /* its socket; -1: none */
    bool connected; /* connecting has come to an end */
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    size_t sent, got; /* how much of them has gone, or come */
    int64_t deadline; /* by clock_wall() */
};

/* Sets all of it for a request that begins now, by the plan; `file` is its socket, or -1. Keeps
 * errno. */
void exchange_init(struct exchange *x, size_t index, long number, int file);

/* What poll(2) is to wait for: POLLOUT until all is sent, then POLLIN. */
short exchange_events(const struct exchange *x);

/* The error with the lowest index so far. Begin with index = n, and error = 0 for "none". */
struct first_error {
    size_t index;
    int error;
};

/* Notes the error of one index; 0 is none. One thread at a time. */
void first_error_note(struct first_error *first, size_t index, int error);

#endif
