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
    errno = ENOSYS;
    return -1;
}

int run_in_process(work_fn *work, void *argument)
{
    /* TODO(2): Refuse a NULL work. Flush stdio (fflush(3)), fork(2). The child does the work,
     * flushes and leaves with _exit(2). The parent waits for it (waitpid(2)); EINTR means wait
     * again. How do you know that `work` returned, and did not call exit(0)? (By a shared flag:
     * shared_alloc.) */
    errno = ENOSYS;
    return -1;
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
    errno = ENOSYS;
    return -1;
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
    errno = ENOSYS;
    return -1;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    /* TODO(5): Read line by line (fgets(3)). A line is "Private_Dirty:        52 kB" (sscanf(3)).
     * Both fields must have been there. */
    errno = ENOSYS;
    return -1;
}
