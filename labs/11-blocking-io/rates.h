/* Lab 11, given: how many requests a second each engine gets done. The engines are the references
 * of the other labs; the tasks, and what has no other engine, are those of fetch.h. */
#ifndef LOCKSTEP_LABS_RATES_H
#define LOCKSTEP_LABS_RATES_H

#include <stddef.h>

enum rates_engine {
    RATES_SERIAL,  /* one after the other */
    RATES_KEPT,    /* threads under one lock that is kept while they wait: the wrong way */
    RATES_LOCKED,  /* threads under lab 09's lock, which is given up while they wait */
    RATES_TASKS,   /* fetch_all_tasks under that lock */
    RATES_POLLED,  /* fetch_all_polled: one thread */
    RATES_THREADS, /* threads without a lock */
    RATES_POOL,    /* a pool of processes */
    RATES_ENGINES,
};

extern const char *const rates_names[RATES_ENGINES];

struct rates_plan {
    int port;
    size_t requests; /* at most RATES_MOST */
    int at_once;
    long computing_us; /* for each request */
};

enum { RATES_MOST = 1000 };

/* Asks, computes, and looks whether the results are right. If the program has called traced_open
 * (common/program/traced.h), what the workers do is recorded. Returns requests per second, or -1
 * with errno: EBADMSG if a result is wrong, or the error of the engine. */
double rates_measure(enum rates_engine engine, const struct rates_plan *plan);

/* What is at best possible, derived: if a request waits for delay_ms, `at_once` of them overlap
 * while they wait, and `cpus` of them while they compute (1 under a lock). */
double rates_limit(long delay_ms, int at_once, long computing_us, int cpus);

#endif
