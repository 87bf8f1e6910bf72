/* Right: no pool of lab 03, but workers that live for one map. They take chunks from a counter in
 * shared memory, leave when there are none left, and are known to be dead by their exit status.
 * Overflow is seen by division before it happens; the list is written digit by digit. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    /* The magnitude, without a sign: that of LONG_MIN does not fit in a long. */
    unsigned long factor = in < 0 ? 0UL - (unsigned long)in : (unsigned long)in, power = 1;

    for (int i = 0; i < 5; i++) {
        if (factor > 0 && power > LONG_MAX / factor)
            return ERANGE;
        power *= factor;
    }
    *out = in < 0 ? -(long)power : (long)power;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    int error = map_args_ok(task, in, out, n, 1) ? 0 : EINVAL;

    for (size_t i = 0; i < n && !error; i++)
        error = task(in[i], out + i);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

/* Shared. A task's error is written before `bad` says where. */
struct arena {
    atomic_size_t next, bad;
    struct {
        long value;
        int error;
    } cells[];
};

static _Noreturn void work(struct arena *arena, task_fn *task, const long in[], size_t n,
                           size_t chunk)
{
    size_t begin;

    while ((begin = atomic_fetch_add(&arena->next, chunk)) < n) {
        for (size_t i = begin; i < n && i - begin < chunk && i < atomic_load(&arena->bad); i++) {
            size_t bad = n;

            arena->cells[i].error = task(in[i], &arena->cells[i].value);
            if (!arena->cells[i].error)
                continue;
            bad = atomic_load(&arena->bad);
            while (i < bad && !atomic_compare_exchange_weak(&arena->bad, &bad, i))
                ;
        }
    }
    fflush(NULL);
    _exit(73);
}

/* Reaps them, in the order in which they were made. Returns whether all had come to their end. */
static bool reap(const pid_t children[], int count)
{
    bool good = true;

    for (int i = 0; i < count; i++) {
        int status = 0;

        while (waitpid(children[i], &status, 0) == -1 && errno == EINTR)
            ;
        if (good && (!WIFEXITED(status) || WEXITSTATUS(status) != 73)) {
            good = false;
            for (int j = i + 1; j < count; j++)
                kill(children[j], SIGKILL);
        }
    }
    return good;
}

static int run(struct arena *arena, task_fn *task, const long in[], size_t n, int workers)
{
    pid_t *children = calloc((size_t)workers, sizeof *children);
    int count = 0, error = 0;

    if (!children)
        return ENOMEM;
    fflush(NULL);
    while (count < workers && !error) {
        pid_t child = fork();

        if (child == 0)
            work(arena, task, in, n, pool_chunk(n, workers));
        if (child == -1)
            error = errno;
        else
            children[count++] = child;
    }
    if (error)
        for (int i = 0; i < count; i++)
            kill(children[i], SIGKILL);
    if (!reap(children, count) && !error)
        error = ECHILD;
    free(children);
    return error;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t size = sizeof(struct arena) + n * sizeof((struct arena *)NULL)->cells[0], bad;
    struct arena *arena;
    int error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    arena = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED)
        return -1;
    atomic_init(&arena->bad, n);
    error = run(arena, task, in, n, workers);
    bad = atomic_load(&arena->bad);
    if (!error && bad < n)
        error = arena->cells[bad].error;
    for (size_t i = 0; i < n && !error; i++)
        out[i] = arena->cells[i].value;
    munmap(arena, size);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

/* Where the next character goes; beyond `room` they are only counted. */
struct sink {
    char *text;
    size_t room, length;
};

static void put(struct sink *sink, char c)
{
    if (sink->length < sink->room)
        sink->text[sink->length] = c;
    sink->length++;
}

static void put_digits(struct sink *sink, unsigned long value)
{
    if (value >= 10)
        put_digits(sink, value / 10);
    put(sink, (char)('0' + value % 10));
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    struct sink sink = {.text = text, .room = size > 0 ? size - 1 : 0};

    if ((n > 0 && !values) || (size > 0 && !text)) {
        errno = EINVAL;
        return -1;
    }
    put(&sink, '[');
    for (size_t i = 0; i < n; i++) {
        unsigned long value = (unsigned long)values[i];

        if (i > 0) {
            put(&sink, ',');
            put(&sink, ' ');
        }
        if (values[i] < 0)
            put(&sink, '-');
        put_digits(&sink, values[i] < 0 ? 0 - value : value);
    }
    put(&sink, ']');
    if (size > 0)
        text[sink.length < size ? sink.length : size - 1] = '\0';
    return (int)sink.length;
}
