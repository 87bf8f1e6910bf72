/* What the tests of lab 11 share. All of it is for the test's own process. */
#ifndef LOCKSTEP_SUITES_BLOCKING_IO_SUPPORT_H
#define LOCKSTEP_SUITES_BLOCKING_IO_SUPPORT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "11-blocking-io/fetch.h"
#include "tests/suites/11-blocking-io-server.h"

/* No limit that could be over: whoever hangs is ended by the judge. */
enum { AN_HOUR = 3600 * 1000 };

/* Begins a test: starts a server and fetches once. */
struct server *blocking_begin_with(const char *function);

/* fetch, noted and led to `look_at`. `how` says what is special. */
int blocking_fetch(const char *look_at, const char *how, int port, const char *request,
                   char answer[], size_t size, long limit_ms);

/* The function that fails if a call has failed with this errno, as it was interrupted; otherwise
 * `otherwise`. Keeps errno. */
const char *blocking_interrupted(int error, bool polled, const char *otherwise);

/* fetch_all_tasks, or fetch_all_polled. */
struct blocking_way {
    const char *name;
    int (*run)(const long in[], long out[], size_t n, int most);
    bool polled;
};
extern const struct blocking_way blocking_ways[2];

/* Sets the plan: this server, no limit, and so many rounds. */
void blocking_plan(const struct server *server, long limit_ms, long rounds);

enum { BLOCKING_MOST = 200 };

/* Which number is the first that the next calls ask for; 1 at the beginning. */
void blocking_count_from(long first);

/* Asks for 1 .. n, at most `most` at once; must succeed, with the right results. */
void blocking_expect(const struct blocking_way *way, const char *look_at, size_t n, int most);

/* The same without a look at what comes of it. Returns what it returned, with its errno. */
int blocking_run(const struct blocking_way *way, const char *look_at, size_t n, int most);

/* The same for a call that must fail with `error`. `what` begins the sentence. */
void blocking_refused(const struct blocking_way *way, const char *look_at, const char *what,
                      size_t n, int most, int error);

/* 11-blocking-io-waits.c: how somebody waits, and for how many. Each of them resets the server but
 * blocking_check_rings, which leaves it silent. */
void blocking_check_rings(struct server *server); /* fetch, with a signal every 2 ms */
void blocking_check_polled_rings(struct server *server);
void blocking_check_late_wait(struct server *server);   /* fetch, when a wait is over too late */
void blocking_check_own_limits(struct server *server);  /* fetch_all_polled, one by one */
void blocking_check_rest(struct server *server);        /* fetch sleeps while it waits */
void blocking_check_polled_rest(struct server *server); /* so does fetch_all_polled */
void blocking_check_turns(struct server *server, const struct blocking_way *way);
void blocking_check_two_calls(struct server *server, const struct blocking_way *way);
void blocking_check_huge(struct server *server, const struct blocking_way *way); /* most is huge */
void blocking_check_late_error(struct server *server); /* of tasks: an error before others began */

/* 11-blocking-io-loop.c: how fetch waits, or fetch_all_polled, which has a loop. */
void blocking_check_unlocked(struct server *server); /* the loop, by a thread with the lock */
void blocking_check_early(struct server *server, bool loop);
void blocking_check_soonest(struct server *server); /* the loop, with several deadlines */
void blocking_check_poll_fails(struct server *server, bool loop);

/* 11-blocking-io-forced.c: what is made to happen. Each resets the server and the faults. */
void blocking_check_broken_wait(struct server *server, bool loop); /* EINTR in the middle of it */
void blocking_check_cut_behind(struct server *server, bool loop);  /* the connection, by an RST */
void blocking_check_same_turn(struct server *server); /* the loop, in which two fail at once */
void blocking_check_no_socket(struct server *server); /* the loop, for one of several */

/* 11-blocking-io-edges.c: texts, signals and times that are seldom met. The first three begin and
 * end with a server that answers. */
void blocking_check_texts(struct server *server);
void blocking_check_long(struct server *server);
void blocking_check_signals(struct server *server);
void blocking_check_zero(struct server *server, bool loop); /* no standard input */
void blocking_check_inherited(void);                        /* after some requests */
void blocking_check_closed(struct server *server);          /* by a server that says nothing */
void blocking_check_late_look(struct server *server);       /* of fetch_all_polled, at an answer */
void blocking_check_stops(struct server *server);           /* fetch_all_polled, after an error */
void blocking_check_no_descriptors(struct server *server);  /* fetch_all_polled */

/* 11-blocking-io-answers.c: what is a number, and what is none. */
void blocking_check_numbers(struct server *server, const struct blocking_way *way);

/* A lock to install that counts; its holder is asked to drop it at each tick. */
struct probe {
    atomic_int takes, releases;
    atomic_int strangers; /* releases by a thread that does not hold it */
    atomic_bool stuck;    /* its holder sleeps for good, and others wait for it */
    atomic_int nap_ms;    /* who wants it when the server has answered sleeps so long first, once */
    atomic_bool watched;  /* a thread looks whether that is so */
    pthread_mutex_t mutex;
    struct server *server;
};

/* Makes and installs it, and tells the server when it is free; uninstalls it. */
struct probe *probe_install(struct server *server);
void probe_uninstall(struct probe *probe);

/* Whether the calling thread holds it. */
bool probe_held(void);

#endif
