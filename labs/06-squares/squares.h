/* Lab 06: named processes that print, and send a result back. */
#ifndef LOCKSTEP_LABS_SQUARES_H
#define LOCKSTEP_LABS_SQUARES_H

#include <stddef.h>
#include <sys/types.h>

/* What each child does before it prints: it calls this function with its value, unless it is NULL.
 * (The program's function blocks for a while.) */
typedef void delay_fn(long value);

/* Writes all of text[0..length) to the descriptor `file`: with a single write(2) if the system
 * takes all of it at once, and otherwise goes on after a short write or EINTR. Returns 0, or -1
 * with errno: any other error of write(2) ends it. */
int write_all(int file, const char *text, size_t length);

/* Reads exactly `size` bytes from the descriptor `file`, however few come at a time; goes on after
 * EINTR. Returns 0, or -1 with errno; that is EPIPE if the other end was closed before all bytes
 * had come. */
int read_all(int file, void *buffer, size_t size);

/* Both make one child for each of values[0..n), named Process-1, Process-2, ... in order. The child
 * calls delay(value) (unless delay is NULL), and writes its three lines to the descriptor `output`
 * in one block:
 *
 *     Process ID: 29276
 *     Process Name: Process-1
 *     The number 1 squares to 1.
 *
 * It then sends the square back (in the reference through a pipe). The parent stores it at the same
 * index of squares[].
 *
 * one_by_one starts a child, waits for it, and starts the next. together starts all, then waits for
 * all.
 *
 * Both return 0, or -1 with errno:
 *   EINVAL  values or squares is NULL and n is not 0
 *   ECHILD  a child died before it delivered its square
 *   ERANGE  a square does not fit in a long; its child prints nothing
 *   others  those of fork, pipe, write and malloc
 * If several children fail, errno is the error of the first one in order. (If one cannot be started
 * besides, it may be that error, too.) After an error no more children are started, and squares[]
 * is unspecified.
 *
 * On every path all children are reaped, and all pipes are closed. Other children of the caller are
 * left alone, and so is what it does about SIGCHLD; where that is ignored, the squares come all the
 * same. Text in the caller's stdio buffers comes out once, whichever stream it is for. Children run
 * nothing that the caller has registered with atexit(3). */
int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay);
int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay);

#endif
