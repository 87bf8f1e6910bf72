/* Right: the second thread makes an OpenMP task that it must run itself; the parent gives the child an
 * eventfd to count its work in, and waits with waitid; fields are read word by word with fscanf. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"

/* 1 in the thread that calls, as long as its team is at work; -1 in every other. */
static int is_caller = -1;
#pragma omp threadprivate(is_caller)

int run_in_thread(work_fn *work, void *argument)
{
    bool done = false;

    if (!work) {
        errno = EINVAL;
        return -1;
    }
    is_caller = 1; /* this marks the caller: another thread has a copy of its own */
#pragma omp parallel num_threads(2) shared(done)
    if (is_caller == -1) {
#pragma omp task if (0) shared(done)
        {
            work(argument);
            done = true;
        }
    }
    is_caller = -1;
    if (!done)
        errno = EAGAIN;
    return done ? 0 : -1;
}

int run_in_process(work_fn *work, void *argument)
{
    eventfd_t count = 0;
    siginfo_t info;
    int file, error;
    pid_t child;

    if (!work) {
        errno = EINVAL;
        return -1;
    }
    file = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (file < 0)
        return -1;
    fflush(NULL);
    child = fork();
    error = errno;
    if (child == 0) {
        work(argument);
        fflush(NULL);
        eventfd_write(file, 1);
        _exit(0);
    } else if (child > 0) {
        do {
            error = waitid(P_PID, (id_t)child, &info, WEXITED) ? errno : 0;
        } while (error == EINTR);
        if (!error && eventfd_read(file, &count))
            error = ECHILD;
    }
    close(file);
    if (error)
        errno = error;
    return child > 0 && !error ? 0 : -1;
}

/* Where the work writes: one more each time, nothing is set back. */
struct cell {
    int value;
};

static struct cell global;
static struct cell *heap, *shared;

/* Adds to each, so that the caller must see one more than before. */
static void add(void *argument)
{
    (void)argument;
    global.value++;
    heap->value++;
    shared->value++;
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    int before = global.value, failed = -1, error = ENOMEM;

    if (!run || !sharing) {
        errno = EINVAL;
        return -1;
    }
    heap = malloc(sizeof *heap);
    shared = shared_alloc(1, sizeof *shared);
    if (heap && shared) {
        heap->value = 10;
        shared->value = 20;
        failed = run(add, NULL);
        error = errno;
        if (!failed) {
            sharing->global = global.value != before;
            sharing->heap = heap->value == 11;
            sharing->shared = shared->value == 21;
        }
    }
    shared_free(shared);
    free(heap);
    errno = error;
    return failed;
}

static void nothing(void *argument)
{
    (void)argument;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    int64_t best = -1;

    if (!run || !clock || repeats < 1 || !ns) {
        errno = EINVAL;
        return -1;
    }
    do {
        int64_t begin = clock(), length;

        if (run(nothing, NULL) != 0)
            return -1;
        length = clock() - begin;
        best = best < 0 || length < best ? length : best;
    } while (--repeats > 0);
    *ns = best;
    return 0;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    char word[64];
    long sum = 0, number;
    bool clean = false, dirty = false;

    if (!smaps_rollup || !kib) {
        errno = EINVAL;
        return -1;
    }
    while (fscanf(smaps_rollup, "%63s", word) == 1) {
        bool is_clean = strcmp(word, "Private_Clean:") == 0;
        bool is_dirty = strcmp(word, "Private_Dirty:") == 0;

        if ((!is_clean && !is_dirty) || fscanf(smaps_rollup, "%ld", &number) != 1)
            continue;
        sum += number;
        clean |= is_clean;
        dirty |= is_dirty;
    }
    if (!clean || !dirty) {
        errno = ENODATA;
        return -1;
    }
    *kib = sum;
    return 0;
}
