#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"

int run_in_thread(work_fn *work, void *argument)
{
    /* TODO(1): Refuse a NULL work. Open a parallel region with num_threads(2). Both threads of the
     * team run its code, so let only the second one (omp_get_thread_num() == 1) do the work. Is
     * there a second one? The region ends when both are done. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}

int run_in_process(work_fn *work, void *argument)
{
    /* TODO(2): Refuse a NULL work. Flush stdio (fflush(3)), fork(2). The child does the work,
     * flushes and leaves with _exit(2). The parent waits for it (waitpid(2)); EINTR means wait
     * again. How do you know that `work` returned, and did not call exit(0)? (By a shared flag:
     * shared_alloc.) */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    fflush(NULL);
    child = fork();
    if (child == 0) {
        work(argument);
        *returned = true;
        fflush(NULL);
        _exit(0);
    }
    if (child == -1)
        error = errno;
    while (child > 0 && waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    if (child > 0 && !*returned)
        error = ECHILD;
    shared_free(returned);
    if (error)
        errno = error;
    return error ? -1 : 0;
    /* end of answer */
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
    /* TODO(3): Get an int from malloc(3) and one from shared_alloc. Set all three to 0, let `run`
     * do write_everywhere with their places, and look which are 1. Free both, whatever happened. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}

/* The work of a worker of which only the cost counts. */
static void do_nothing(void *argument)
{
    (void)argument;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    /* TODO(4): Refuse bad arguments. Read the clock before and after each run of do_nothing, and
     * keep the shortest time. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    /* TODO(5): Read line by line (fgets(3)). A line is "Private_Dirty:        52 kB" (sscanf(3)).
     * Both fields must have been there. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}
