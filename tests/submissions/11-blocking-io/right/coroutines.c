/* Right: fetch is written once, with a function that waits. In a thread it polls; in the
 * loop for many each request is a coroutine (makecontext), and it goes back to the loop. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <ucontext.h>

#include "11-blocking-io/exchange.h"
#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/interp.h"

enum { STACK = 64 * 1024 };

/* Who waits, and how: returns 0 when the file is ready, or -1 with errno. */
struct waiter {
    int (*wait)(struct waiter *self, int file, short events, int64_t deadline);
};

static int talk_on(struct waiter *waiter, int file, const char *request, char answer[], size_t size,
                   int64_t deadline)
{
    size_t left = strlen(request), length = 0;

    if (waiter->wait(waiter, file, POLLOUT, deadline) || end_connect(file))
        return -1;
    while (left > 0) {
        ssize_t sent = send(file, request, left, MSG_NOSIGNAL);

        if (sent >= 0) {
            request += sent;
            left -= (size_t)sent;
        } else if (errno == EAGAIN) {
            if (waiter->wait(waiter, file, POLLOUT, deadline))
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    while (length < size) {
        ssize_t got = recv(file, answer + length, size - length, 0);

        if (got == 0)
            return fail(EPIPE);
        for (; got > 0; got--, length++)
            if (answer[length] == '\n') {
                answer[length] = '\0';
                return (int)length;
            }
        if (got == -1 && errno == EAGAIN) {
            if (waiter->wait(waiter, file, POLLIN, deadline))
                return -1;
        } else if (got == -1 && errno != EINTR) {
            return -1;
        }
    }
    return fail(EMSGSIZE);
}

static int talk(struct waiter *waiter, int port, const char *request, char answer[], size_t size,
                int64_t deadline)
{
    struct sockaddr_in server = address_of(port);
    int file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), length = -1;

    if (file == -1)
        return -1;
    if (connect(file, (struct sockaddr *)&server, sizeof server) == 0 || errno == EINPROGRESS)
        length = talk_on(waiter, file, request, answer, size, deadline);
    close_quietly(file);
    return length;
}

static int wait_here(struct waiter *self, int file, short events, int64_t deadline)
{
    struct pollfd one = {.fd = file, .events = events};
    int ready = 0;

    (void)self;
    while (ready == 0) {
        int left = ms_until(deadline);

        if (left == 0)
            return fail(ETIMEDOUT);
        ready = poll(&one, 1, left);
        if (ready == -1 && errno == EINTR)
            ready = 0;
    }
    return ready > 0 ? 0 : -1;
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    struct waiter here = {wait_here};
    int64_t now = clock_wall(), length;

    if (!request || !answer || size == 0 || port < 1 || port > 65535 || limit_ms < 1 ||
        limit_ms > FETCH_LONGEST_MS)
        return fail(EINVAL);
    interp_blocking_begin();
    length = talk(&here, port, request, answer, size, now + limit_ms * NS_PER_MS);
    interp_blocking_end();
    return (int)length;
}

int fetch_task(long in, long *out)
{
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    struct fetch_plan plan = fetch_get_plan();
    int length;

    snprintf(request, sizeof request, "%ld\n", in);
    length = fetch(plan.port, request, answer, sizeof answer, plan.limit_ms);
    return length < 0 ? errno : fetch_use_answer(answer, (size_t)length, out);
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};
    size_t next = 0;
    int threads = n < (size_t)most ? (int)n : most;

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
#pragma omp parallel num_threads(threads) default(none) shared(in, out, n, next, first)
    for (;;) {
        size_t i;

#pragma omp atomic capture
        i = next++;
        if (i >= n)
            break;
#pragma omp task default(none) firstprivate(i) shared(in, out, first)
        {
            int failed;

            interp_attach();
            failed = fetch_task(in[i], &out[i]);
            interp_detach();
#pragma omp critical(first)
            first_error_note(&first, i, failed);
        }
#pragma omp taskwait
    }
    return first.error ? fail(first.error) : 0;
}

struct coroutine {
    struct waiter waiter; /* the first member: it is found by it */
    ucontext_t here, *loop;
    char *stack;
    bool lives;
    size_t index;
    long in, *out;
    int error, file, wait_error;
    short events;
    int64_t deadline;
};

static int wait_there(struct waiter *self, int file, short events, int64_t deadline)
{
    struct coroutine *routine = (struct coroutine *)(void *)self;

    routine->file = file;
    routine->events = events;
    routine->deadline = deadline;
    swapcontext(&routine->here, routine->loop);
    return routine->wait_error ? fail(routine->wait_error) : 0;
}

/* An address, in two halves: makecontext passes ints. */
static void routine_main(unsigned high, unsigned low)
{
    struct coroutine *routine = (struct coroutine *)((uintptr_t)high << 32 | low); /* NOLINT */
    struct fetch_plan plan = fetch_get_plan();
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    int length;

    snprintf(request, sizeof request, "%ld\n", routine->in);
    length = talk(&routine->waiter, plan.port, request, answer, sizeof answer,
                  clock_wall() + plan.limit_ms * NS_PER_MS);
    routine->error = length < 0 ? errno : fetch_use_answer(answer, (size_t)length, routine->out);
    routine->lives = false;
}

static int start(struct coroutine *routine, ucontext_t *loop, long in, long *out)
{
    uintptr_t address = (uintptr_t)routine;

    if (!routine->stack)
        routine->stack = malloc(STACK);
    if (!routine->stack)
        return -1;
    routine->waiter.wait = wait_there;
    routine->loop = loop;
    routine->lives = true;
    routine->in = in;
    routine->out = out;
    getcontext(&routine->here);
    routine->here.uc_stack.ss_sp = routine->stack;
    routine->here.uc_stack.ss_size = STACK;
    routine->here.uc_link = loop;
    makecontext(&routine->here, (void (*)(void))routine_main, 2, (unsigned)(address >> 32),
                (unsigned)address);
    swapcontext(loop, &routine->here);
    return 0;
}

struct loop {
    ucontext_t here;
    struct coroutine *routines;
    struct pollfd *files;
    size_t places;
    struct first_error first;
};

/* Waits once, and lets those go on that can, or whose time is over. */
static void turn(struct loop *loop)
{
    int64_t soonest = INT64_MAX;
    int ready, error;

    for (size_t p = 0; p < loop->places; p++) {
        struct coroutine *routine = &loop->routines[p];

        loop->files[p] =
            (struct pollfd){.fd = routine->lives ? routine->file : -1, .events = routine->events};
        if (routine->lives && routine->deadline < soonest)
            soonest = routine->deadline;
    }
    interp_blocking_begin();
    ready = poll(loop->files, loop->places, ms_until(soonest));
    error = ready == -1 && errno != EINTR ? errno : 0;
    interp_blocking_end();
    for (size_t p = 0; p < loop->places; p++) {
        struct coroutine *routine = &loop->routines[p];

        if (!routine->lives)
            continue;
        routine->wait_error = error ? error : ms_until(routine->deadline) ? 0 : ETIMEDOUT;
        if (!routine->wait_error && (ready <= 0 || !loop->files[p].revents))
            continue;
        swapcontext(&loop->here, &routine->here);
        if (!routine->lives)
            first_error_note(&loop->first, routine->index, routine->error);
    }
}

static void run(struct loop *loop, const long in[], long out[], size_t n)
{
    for (size_t next = 0, alive = 1; alive > 0;) {
        alive = 0;
        for (size_t p = 0; p < loop->places; p++) {
            struct coroutine *routine = &loop->routines[p];

            while (!routine->lives && next < n && !loop->first.error) {
                routine->index = next;
                if (start(routine, &loop->here, in[next], &out[next]))
                    first_error_note(&loop->first, next, ENOMEM);
                else if (!routine->lives)
                    first_error_note(&loop->first, next, routine->error);
                next++;
            }
            alive += routine->lives;
        }
        if (alive > 0)
            turn(loop);
    }
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    struct loop all = {.first = {.index = n}}, *loop = &all;
    int error = ENOMEM;

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
    loop->places = n < (size_t)most ? n : (size_t)most;
    loop->routines = calloc(loop->places, sizeof *loop->routines);
    loop->files = calloc(loop->places, sizeof *loop->files);
    if (loop->routines && loop->files) {
        run(loop, in, out, n);
        error = loop->first.error;
    }
    for (size_t p = 0; loop->routines && p < loop->places; p++)
        free(loop->routines[p].stack);
    free(loop->routines);
    free(loop->files);
    return error ? fail(error) : 0;
}
