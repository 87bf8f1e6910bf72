/* Lab 06: named processes that print and report back. */
#ifndef LOCKSTEP_LABS_SQUARES_H
#define LOCKSTEP_LABS_SQUARES_H

#include <stddef.h>
#include <sys/types.h>

/* What each child does before it reports: NULL, or a function that is called in the child with its
 * value (the program blocks for a while in it). */
typedef void delay_fn(long value);

/* Writes all of text[0..length) to a descriptor, in a single write(2) where the system takes it all
 * at once, and goes on after a short write or EINTR. Returns 0, or -1 with errno. */
int write_all(int file, const char *text, size_t length);

/* Reads exactly `size` bytes, however few come at a time. Returns 0; or -1 with errno, which is EPIPE
 * if the other end closed before all of them came. */
int read_all(int file, void *buffer, size_t size);

/* For each of values[0..n) one child, named Process-1, Process-2, ... in order. The child calls
 * delay(value) (unless that is NULL), writes its three lines to the descriptor `output` in one block,
 *
 *     Process ID: 29276
 *     Process Name: Process-1
 *     The number 1 squares to 1.
 *
 * and sends the square back (the reference: through a pipe). The parent stores it at the same index
 * of squares[].
 *
 * one_by_one: start a child, wait for it, start the next. together: start all, then wait for all.
 *
 * Return 0, or -1 with errno: EINVAL (values or squares is NULL and n is not 0), ECHILD (a child died
 * before it delivered), ERANGE (a square does not fit in a long; its child prints nothing), or the
 * error of fork, pipe or write; where several children fail, the error of the first in order.
 * squares[] is then unspecified. Whatever happened, every child is reaped,
 * other children of the caller's are left alone, and every pipe is closed; what stands in the caller's
 * stdio buffers comes out once. */
int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay);
int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay);

#endif
