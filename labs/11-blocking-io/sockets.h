/* Lab 11, given: small things around sockets. */
#ifndef LOCKSTEP_LABS_SOCKETS_H
#define LOCKSTEP_LABS_SOCKETS_H

#include <netinet/in.h>
#include <stdint.h>

/* Sets errno, and returns what a function that fails returns: -1. */
int fail(int error);

/* The address of a port of this machine, for connect(2). */
struct sockaddr_in address_of(int port);

/* How many milliseconds are left until then (clock_wall()), rounded up; 0 if it is over. */
int ms_until(int64_t deadline);

/* What came of a connect(2) that had only begun, once the socket can be written to: 0, or -1 with
 * errno. */
int end_connect(int file);

/* Closes a descriptor, unless it is -1. Keeps errno. */
void close_quietly(int file);

#endif
