/* Right: the caller blocks all signals while it waits, so that none interrupts it, and waits once. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"

int run_in_thread(work_fn *work, void *argument)
{
    int threads = 0;

    if (!work) {
        errno = EINVAL;
        return -1;
    }
#pragma omp parallel num_threads(2) default(none) shared(work, argument, threads)
    if (omp_get_thread_num() == 1) {
        work(argument);
        threads = 2;
    }
    if (threads != 2)
        errno = EAGAIN;
    return threads == 2 ? 0 : -1;
}

int run_in_process(work_fn *work, void *argument)
{
    sigset_t all, before;
    bool *returned;
    pid_t child;
    int error = 0;

    if (!work) {
        errno = EINVAL;
        return -1;
    }
    returned = shared_alloc(1, sizeof *returned);
    if (!returned)
        return -1;
    sigfillset(&all);
    fflush(NULL);
    sigprocmask(SIG_BLOCK, &all, &before);
    child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        work(argument);
        *returned = true;
        fflush(NULL);
        _exit(0);
    }
    if (child == -1)
        error = errno;
    else
        waitpid(child, NULL, 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child > 0 && !*returned)
        error = ECHILD;
    shared_free(returned);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

/* One variable of each kind: what the work writes to. */
static int global;

struct places {
    int *heap;
    int *shared;
};

/* The work for `run`: it writes to every variable. */
static void write_everywhere(void *argument)
{
    const struct places *places = argument;

    global = 1;
    *places->heap = 1;
    *places->shared = 1;
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    struct places places;
    int failed = -1, error = ENOMEM;

    if (!run || !sharing) {
        errno = EINVAL;
        return -1;
    }
    places.heap = calloc(1, sizeof *places.heap);
    places.shared = shared_alloc(1, sizeof *places.shared);
    if (places.heap && places.shared) {
        global = 0;
        failed = run(write_everywhere, &places);
        error = errno;
    }
    if (!failed)
        *sharing = (struct sharing){global == 1, *places.heap == 1, *places.shared == 1};
    free(places.heap);
    shared_free(places.shared);
    if (failed)
        errno = error;
    return failed;
}

/* The work of a worker of which only the cost counts. */
static void do_nothing(void *argument)
{
    (void)argument;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    int64_t shortest = INT64_MAX;

    if (!run || !clock || repeats < 1 || !ns) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < repeats; i++) {
        int64_t begin = clock(), length;

        if (run(do_nothing, NULL))
            return -1;
        length = clock() - begin;
        if (length < shortest)
            shortest = length;
    }
    *ns = shortest;
    return 0;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    char line[256];
    long clean = -1, dirty = -1;

    if (!smaps_rollup || !kib) {
        errno = EINVAL;
        return -1;
    }
    while (fgets(line, sizeof line, smaps_rollup)) {
        if (strncmp(line, "Private_Clean:", 14) == 0)
            sscanf(line + 14, "%ld kB", &clean);
        else if (strncmp(line, "Private_Dirty:", 14) == 0)
            sscanf(line + 14, "%ld kB", &dirty);
    }
    if (clean < 0 || dirty < 0) {
        errno = ENODATA;
        return -1;
    }
    *kib = clean + dirty;
    return 0;
}
