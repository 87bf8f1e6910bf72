/* Lab 11: many requests to a server, and what waits meanwhile: a thread for each, or one for all.
 *
 * Over a TCP connection goes one request, which is a text. Its answer is a line of text: the
 * newline is its end, whether the server closes the connection then or not, or even resets it. */
#ifndef LOCKSTEP_LABS_FETCH_H
#define LOCKSTEP_LABS_FETCH_H

#include <stddef.h>

#include "11-blocking-io/plan.h"

/* Asks the server at `port` of this machine (127.0.0.1): connects, sends all of `request` (without
 * its '\0'), and reads the answer until its newline has come, however few bytes go through at a
 * time. Stores the answer in answer[0..size), with a '\0' in place of the newline. What comes after
 * the newline does not count. Goes on after EINTR.
 *
 * The calling thread gives up the installed lock (common/interp.h) while it waits, and has it again
 * when the call returns, on every path.
 *
 * Returns the answer's length, or -1 with errno:
 *   EINVAL     bad arguments: request or answer is NULL, size is 0, port is not from 1 to 65535, or
 *              limit_ms not from 1 to FETCH_LONGEST_MS
 *   ETIMEDOUT  the call was not done after limit_ms milliseconds in all, whatever had come by then
 *   EMSGSIZE   the answer and its '\0' do not fit
 *   EPIPE      the server closed the connection, and the newline had not come
 *   any other  that of socket(2), connect(2), poll(2), send(2) or recv(2), as it is
 *
 * On every path the socket is closed. No signal (SIGPIPE) is raised, and the caller's
 * handlers and mask of signals stay as they were. */
int fetch(int port, const char *request, char answer[], size_t size, long limit_ms);

/* A task (common/map.h): asks the server of the plan (plan.h) for number `in`. The request is "7\n"
 * if `in` is 7, and the answer is a number, too, of at most FETCH_DIGITS characters. Then computes
 * with it, while it holds the installed lock: stores fetch_compute(number, plan's rounds) in *out.
 *
 * Returns 0, or a positive errno: EBADMSG if the answer is anything but a number that fits in a
 * long (decimal digits, with or without a minus), and those of fetch. */
int fetch_task(long in, long *out);

/* Both do what fetch_task does for each of in[0..n), and store each result at the same index of
 * out[]. At most `most` requests are under way at the same time; and as many as that, while there
 * are so many left: when one is done, the next one begins.
 *
 *   tasks    makes an OpenMP task of each, and runs them on a team of min(n, most) threads. A
 *            thread holds the installed lock only while it works on a task, and not when it looks
 *            for the next one; the caller does not hold the lock.
 *   polled   does all of it in the calling thread, which waits for all its connections at once. If
 *            it holds the installed lock, it gives it up while it waits, and only then.
 *
 * Both return 0, or -1 with errno: EINVAL (in or out is NULL and n is not 0, most < 1), ENOMEM, or
 * the error that fetch_task has for the number with the lowest index that failed: all before it
 * were done, those after it may not have been tried. After an error, out[] is unspecified. On every
 * path nothing is left open or allocated. */
int fetch_all_tasks(const long in[], long out[], size_t n, int most);
int fetch_all_polled(const long in[], long out[], size_t n, int most);

#endif
