/* Lab 10, given: tasks that ask a server, and block until it answers. */
#ifndef LOCKSTEP_LABS_ASKING_H
#define LOCKSTEP_LABS_ASKING_H

/* Starts a server on the loopback address, which answers `delay_ms` milliseconds after it was
 * asked, and asks it once, to see that this can be done here. Call it before any worker is made.
 * The server ends with the caller, however that ends. Returns 0, and must then be ended with
 * asking_end; or -1 with errno and nothing left. */
int asking_begin(long delay_ms);
void asking_end(void);

/* A task (common/map.h): asks that server for the square of `in`, over a connection of its own, and
 * stores it in *out. From connecting to closing it blocks, and the installed lock (common/interp.h)
 * is free meanwhile. Returns 0 or a positive errno: ETIMEDOUT if nothing comes for ten seconds,
 * EBADMSG if what comes is no number, and those of socket(2), connect(2), send(2) and recv(2). */
int task_ask(long in, long *out);

#endif
