/* Who is connected with the server of 11-blocking-io-server.h: for the files of its process. */
#ifndef LOCKSTEP_SUITES_BLOCKING_IO_VISITORS_H
#define LOCKSTEP_SUITES_BLOCKING_IO_VISITORS_H

#include "tests/suites/11-blocking-io-server.h"

enum { VISITORS = 512 };

struct visitor {
    bool here, waits; /* its request has come, and not its answer */
    bool done;        /* answered, and still here */
    char text[64];    /* how its request begins */
    size_t length;
    unsigned long sum;
};

extern struct visitor visitors[VISITORS]; /* by the number of their sockets */

/* What the server does with this one's request. */
enum manner visitor_manner(const struct server *server, int file);
void visitor_answer(struct server *server, int file);

/* Closes its connection; or cuts it. */
void visitor_leave(int file, bool cut);

/* Ends one side of the connection, and then cuts all of it: whoever sends now gets EPIPE. */
void visitor_drop(int file);

#endif
