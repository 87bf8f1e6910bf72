/* A server that behaves as a test wants it to, in a process of its own. It waits for nothing by the
 * clock: what it holds back goes out when enough has come, or when everybody else is asleep. */
#ifndef LOCKSTEP_SUITES_BLOCKING_IO_SERVER_H
#define LOCKSTEP_SUITES_BLOCKING_IO_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* What it does when a request has come, which ends with a newline. */
enum manner {
    MANNER_ANSWERS,
    MANNER_PIECES,     /* answers byte by byte, the next one when everybody waits for it */
    MANNER_TURNS,      /* the same, to all at once: a byte to each in turn */
    MANNER_RESTS,      /* answers when everybody sleeps */
    MANNER_STAYS,      /* answers, and leaves the connection open */
    MANNER_CUT_BEHIND, /* answers and cuts the connection (RST), when the test lets it */
    MANNER_SILENT,     /* never answers */
    MANNER_RESETS,     /* cuts the connection (RST) */
    MANNER_CLOSES,     /* closes it, and says nothing */
    MANNER_HALF,       /* closes it after a part of the answer */
    MANNER_HALF_RESET, /* cuts it after a part of the answer, when everybody waits for more */
    MANNER_DIES,       /* the same, and its process ends */
    MANNER_DROPS,      /* closes its side when a part of the request has come, then cuts it */
    MANNER_ENDLESS,    /* sends much without a newline */
    MANNER_TRICKLES,   /* the same, a byte now and then, each when everybody waits for it */
};

enum { SERVER_TEXT = 200, SERVER_MUCH = 1 << 18, SERVER_DROPS = 300 };

/* In shared memory. The test sets the first part before a call, and reads the second one after
 * it. */
struct server {
    enum manner manner;
    bool has_odd; /* the numbers odd and odd + 3 have manners of their own */
    long odd;
    enum manner odd_manner, second_manner;
    long last; /* this number's answer goes out when all others have theirs, and
                                 each of them when everybody waits for it; 0: none */
    int total; /* how many requests there will be, for `last` */
    long held; /* this number's answer goes out when `held_until` others have
                                 theirs; 0: none */
    int held_until;
    int pause_ms;             /* between two bytes of MANNER_TRICKLES */
    int hold;                 /* no answer goes out before so many requests wait for theirs */
    bool hold_briefly;        /* or before everybody else is asleep for a moment */
    bool calm;                /* and then not before who asks has looked for answers, in vain */
    char answer[SERVER_TEXT]; /* instead of server_number(); "": none; without the newline */
    char zero;                /* it goes out as '\0' where it stands in the answer; 0: none */
    bool greets;              /* it answers whoever comes, and waits for no request */
    bool watch_lock;          /* nothing is read or answered before lock_free is not 0 */

    atomic_int may_cut, cuts; /* MANNER_CUT_BEHIND: it may, and has; it does not wait for ever */
    atomic_int requests, waiting, most_waiting, answered;
    atomic_bool stuck;     /* not all came that it held answers back for */
    atomic_bool spun;      /* MANNER_RESTS: somebody did not sleep, but computed for a second */
    atomic_bool ragged;    /* a request came without its newline */
    atomic_int lock_free;  /* the lock that is installed (support.h) is free; the test's side sets
                              it */
    atomic_bool lock_kept; /* it was never free, and everybody was asleep */
    atomic_size_t length;  /* of the last request, in bytes with its newline */
    atomic_ulong sum;      /* of these bytes, as numbers */
    int port;
    int process;
    int client; /* the test's process, as /proc has it */
};

/* Starts one that answers. Once in a test; server_renew makes a new one if that has died. */
struct server *server_start(void);
void server_renew(struct server *server);
void server_stop(struct server *server);

/* A new one takes its place, at a new port, which goes into the plan, too: it answers at once, and
 * has noted nothing. */
void server_reset(struct server *server);

/* What it answers if it is asked for a number. */
long server_number(long asked);

/* A socket that listens and accepts nobody, at *port. If it is `full`, nobody can even connect:
 * connect waits. The caller closes all of files[0..8), which are descriptors or -1. */
void server_deaf(bool full, int *port, int files[8]);

/* A port where nobody listens. */
int server_nobody(void);

/* What its process does (11-blocking-io-serve.c). */
_Noreturn void server_serve(struct server *server, int door);

#endif
