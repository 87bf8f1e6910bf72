/* The threads of an interleaving. They are made once, and run the body again and again. Whoever
 * runs decides who goes on, and hands over to that thread; so no more than one is awake. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/harness/interleave_parts.h"

enum thread_state { STARTING, AT_STEP, ENDED };

struct worker {
    pthread_t thread;
    sem_t go;                /* posted when it is its turn */
    const char *stack, *end; /* set by the worker itself before it runs the body */
    enum thread_state state;
    struct step next; /* AT_STEP: what it does when it goes on */
};

static struct worker workers[INTERLEAVE_MOST_THREADS];
static int count, last; /* `last`: who ran last; -1: nobody in this run */
static void (*body)(int thread);
static bool quitting;
static sem_t over; /* posted when a run is over */

static _Thread_local int me = -1;

int threads_me(void)
{
    return me;
}

static bool may_go_on(int thread)
{
    const struct worker *worker = &workers[thread];

    if (worker->state != AT_STEP)
        return false;
    if (worker->next.kind == STEP_TAKE || worker->next.again)
        return *locks_holder(worker->next.at) < 0;
    if (worker->next.kind == STEP_JOIN)
        for (int other = 0; other < count; other++)
            if (other != thread && workers[other].state != ENDED)
                return false;
    return true;
}

/* Returns who goes on; -1 if all have ended. */
static int pick(void)
{
    struct step next[INTERLEAVE_MOST_THREADS] = {{0}};
    unsigned enabled = 0;
    int ended = 0;

    for (int thread = 0; thread < count; thread++) {
        if (workers[thread].state == STARTING)
            return thread;
        ended += workers[thread].state == ENDED;
        next[thread] = workers[thread].next;
        if (may_go_on(thread))
            enabled |= 1u << thread;
    }
    if (ended == count)
        return -1;
    if (enabled == 0)
        interleave_wrong("Nobody can go on: every thread that has not ended waits for a lock.");
    return search_choose(enabled, next, last);
}

static void give_turn_to(int thread)
{
    sem_post(thread < 0 ? &over : &workers[thread].go);
}

static void wait_for_turn(void)
{
    while (sem_wait(&workers[me].go) == -1)
        ;
}

void threads_give_up(void)
{
    if (me < 0)
        return;
    sem_post(&over);
    for (;;)
        pause();
}

void threads_step(struct step step)
{
    int next;

    workers[me].next = step;
    workers[me].state = AT_STEP;
    next = pick();
    if (next != me) {
        give_turn_to(next);
        wait_for_turn();
    }
    last = me;
}

/* Accesses to its own stack, and to its own thread-local variables above it, are no steps. */
static void find_own_stack(struct worker *worker)
{
    pthread_attr_t attributes;
    void *stack;
    size_t size;

    if (pthread_getattr_np(pthread_self(), &attributes))
        abort();
    pthread_attr_getstack(&attributes, &stack, &size);
    pthread_attr_destroy(&attributes);
    worker->stack = stack;
    worker->end = worker->stack + size;
}

static void *work(void *number)
{
    me = (int)((struct worker *)number - workers);
    find_own_stack(&workers[me]);
    for (;;) {
        wait_for_turn();
        if (quitting)
            return NULL;
        body(me);
        workers[me].state = ENDED;
        give_turn_to(pick());
    }
}

/* All on one CPU: to hand over to a thread there is quickest. */
static void stay_here(void)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    for (int thread = 0; thread < count; thread++)
        pthread_setaffinity_np(workers[thread].thread, sizeof one, &one);
}

void threads_create(const struct interleaving *interleaving)
{
    count = interleaving->threads;
    body = interleaving->body;
    quitting = false;
    sem_init(&over, 0, 0);
    for (int thread = 0; thread < count; thread++) {
        sem_init(&workers[thread].go, 0, 0);
        if (pthread_create(&workers[thread].thread, NULL, work, &workers[thread]))
            abort();
    }
    stay_here();
}

void threads_run(void)
{
    for (int thread = 0; thread < count; thread++)
        workers[thread].state = STARTING;
    last = -1;
    give_turn_to(0);
    while (sem_wait(&over) == -1)
        ;
}

void threads_end(void)
{
    quitting = true;
    for (int thread = 0; thread < count; thread++) {
        give_turn_to(thread);
        pthread_join(workers[thread].thread, NULL);
    }
}

bool threads_own(const volatile void *at)
{
    const volatile char *byte = at;

    return byte >= workers[me].stack && byte < workers[me].end;
}
