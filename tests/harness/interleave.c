#include "tests/harness/interleave.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/constructs.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/interleave_parts.h"
#include "tests/harness/wording.h"

enum { MOST_RUNS = 20000, FREE_RUNS = 200, MOST_LOCKS = 64, MOST_FORBIDDEN = 8 };

static char wrong_text[400];
static bool wrong_before;
static pthread_mutex_t noting =
    PTHREAD_MUTEX_INITIALIZER; /* guards the two where threads are free */

/* Of this run. */
static struct {
    const volatile void *lock;
    int holder;
} locks[MOST_LOCKS];
static struct {
    const volatile char *at;
    size_t size;
    bool reads_too;
    const char *why;
} forbidden[MOST_FORBIDDEN];
static int locks_used, forbidden_used;
static bool ordered;

bool interleave_chosen(void)
{
    return threads_me() >= 0;
}

void interleave_wrong(const char *format, ...)
{
    va_list arguments;

    pthread_mutex_lock(&noting);
    va_start(arguments, format);
    if (!wrong_before)
        vsnprintf(wrong_text, sizeof wrong_text, format, arguments);
    va_end(arguments);
    wrong_before = true;
    pthread_mutex_unlock(&noting);
    threads_give_up();
}

int *locks_holder(const volatile void *lock)
{
    for (int i = 0; i < locks_used; i++)
        if (locks[i].lock == lock)
            return &locks[i].holder;
    if (locks_used == MOST_LOCKS)
        abort();
    locks[locks_used].lock = lock;
    locks[locks_used].holder = -1;
    return &locks[locks_used++].holder;
}

static const char *place_name(const volatile void *at)
{
    const char *name = words_place(at);

    return name ? name : "memory";
}

/* Is the calling thread, which has got its turn, allowed to do that? */
static void expect_allowed(const struct step *step)
{
    bool reads =
        step->kind == STEP_ACCESS && (step->access == ACCESS_READ || step->access == ACCESS_LOAD);

    for (int i = 0; i < forbidden_used; i++)
        if (step->at >= forbidden[i].at && step->at < forbidden[i].at + forbidden[i].size &&
            (!reads || forbidden[i].reads_too))
            interleave_wrong(forbidden[i].why, place_name(step->at));
}

/* The calling thread comes to this step, and goes on. */
static void come_to(struct step step)
{
    threads_step(step);
    words_note(threads_me(), &step);
    expect_allowed(&step);
}

static struct step step_at(enum step_kind kind, const volatile void *at, size_t size)
{
    return (struct step){.kind = kind, .access = ACCESS_CHANGE, .at = at, .size = size};
}

static void come_to_access(enum access_kind kind, const volatile void *at, size_t size)
{
    struct step step = step_at(STEP_ACCESS, at, size);
    int other;

    step.access = kind;
    come_to(step);
    other = clocks_access(threads_me(), kind, at, size);
    if (ordered && other >= 0)
        interleave_wrong("Thread %d and thread %d use %s, and nothing makes one come before the "
                         "other: a data race.",
                         other + 1, threads_me() + 1, place_name(at));
}

void access_point(enum access_kind kind, const volatile void *at, size_t size)
{
    if (threads_me() < 0)
        forced_stop_point();
    else if (!threads_own(at))
        come_to_access(kind, at, size);
}

void access_ordered(enum access_kind kind, const volatile void *at, int order)
{
    if (threads_me() >= 0 && !threads_own(at))
        clocks_ordered(threads_me(), kind, at, order);
}

void access_fenced(int order)
{
    if (threads_me() >= 0)
        clocks_fenced(threads_me(), order);
}

bool access_takes_lock(const volatile void *lock)
{
    atomic_fetch_add(&constructs.locks, 1);
    if (threads_me() < 0) {
        forced_stop_point();
        return false;
    }
    come_to(step_at(STEP_TAKE, lock, 1));
    *locks_holder(lock) = threads_me();
    clocks_take(threads_me(), lock);
    return true;
}

int access_tries_lock(const volatile void *lock)
{
    static _Thread_local const volatile void *busy_lock;
    struct step step;

    atomic_fetch_add(&constructs.locks, 1);
    if (threads_me() < 0) {
        forced_stop_point();
        return -1;
    }
    step = step_at(STEP_TRY, lock, 1);
    step.again = busy_lock == lock; /* whoever tries again and again waits */
    come_to(step);
    busy_lock = *locks_holder(lock) >= 0 ? lock : NULL;
    if (busy_lock)
        return 0;
    *locks_holder(lock) = threads_me();
    clocks_take(threads_me(), lock);
    return 1;
}

bool access_drops_lock(const volatile void *lock)
{
    if (threads_me() < 0)
        return false;
    come_to(step_at(STEP_DROP, lock, 1));
    if (*locks_holder(lock) != threads_me())
        interleave_wrong("Thread %d drops %s, which it has not taken.", threads_me() + 1,
                         words_place(lock) ? words_place(lock) : "a lock");
    *locks_holder(lock) = -1;
    clocks_drop(threads_me(), lock);
    return true;
}

void interleave_take(const void *lock)
{
    access_takes_lock(lock);
}

void interleave_drop(const void *lock)
{
    access_drops_lock(lock);
}

void interleave_touch(const void *at, bool writes)
{
    if (threads_me() >= 0)
        come_to_access(writes ? ACCESS_WRITE : ACCESS_READ, at, 1);
}

void interleave_forbid(const void *at, size_t size, bool reads_too, const char *why)
{
    int other;

    if (threads_me() >= 0 && reads_too) {
        come_to(step_at(STEP_FORBID, at, size));
        other = clocks_forbid(threads_me(), at, size);
        if (ordered && other >= 0)
            interleave_wrong("Thread %d destroys the object, but what thread %d did to it need not "
                             "have come before, by the memory orders that were asked for.",
                             threads_me() + 1, other + 1);
    }
    if (forbidden_used == MOST_FORBIDDEN)
        abort();
    forbidden[forbidden_used].at = at;
    forbidden[forbidden_used].size = size;
    forbidden[forbidden_used].reads_too = reads_too;
    forbidden[forbidden_used++].why = why;
}

/* ---- threads that run freely ----------------------------------------------------------------- */

static atomic_int free_running;

void interleave_join_others(void)
{
    if (threads_me() < 0) {
        while (atomic_load(&free_running) > 1)
            sched_yield();
        return;
    }
    threads_step((struct step){.kind = STEP_JOIN});
    clocks_join(threads_me());
}

static void run_freely(const struct interleaving *interleaving)
{
    int threads = interleaving->threads;

    atomic_store(&free_running, threads);
#pragma omp parallel num_threads(threads) default(none) shared(interleaving, free_running, threads)
#pragma omp for schedule(static, 1)
    for (int thread = 0; thread < threads; thread++) {
        interleaving->body(thread);
        atomic_fetch_sub(&free_running, 1);
    }
}

/* ---- all runs -------------------------------------------------------------------------------- */

static void begin_run(const struct interleaving *interleaving)
{
    locks_used = 0;
    forbidden_used = 0;
    words_reset();
    clocks_reset();
    search_begin_run();
    if (interleaving->prepare)
        interleaving->prepare();
}

static void end_run(const struct interleaving *interleaving)
{
    if (interleaving->check && !wrong_before)
        interleaving->check();
}

struct interleave_result interleave_all(const struct interleaving *interleaving)
{
    bool chosen = atomic_load(&constructs.watched), more = true;
    long most = chosen ? MOST_RUNS : FREE_RUNS;
    struct interleave_result result = {.order = ""};

    wrong_before = false;
    ordered = interleaving->ordered;
    search_reset();
    if (chosen)
        threads_create(interleaving);
    for (long runs = 0; more && runs < most && !wrong_before; runs++) {
        begin_run(interleaving);
        if (chosen)
            threads_run();
        else
            run_freely(interleaving);
        end_run(interleaving);
        result.orders += !chosen || search_run_was_new();
        more = !chosen || (!wrong_before && search_go_on());
    }
    result.all = chosen && !more && !wrong_before && search_was_whole();
    if (wrong_before)
        result.wrong = wrong_text;
    if (wrong_before && chosen)
        result.order = words_order();
    else if (chosen)
        threads_end();
    return result;
}
