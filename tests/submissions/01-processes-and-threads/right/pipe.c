/* Right: nothing is shared with the child. It says through a pipe that the work is done, and the
 * parent looks there once the child is reaped. The thread is picked by a loop of two iterations with a
 * static schedule; lines are read with getline and strtol; all times are kept and sorted. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

static int fail(int error)
{
    errno = error;
    return -1;
}

/* A static schedule gives iteration 1 to thread 1, if there is one. */
int run_in_thread(work_fn *work, void *argument)
{
    int done = 0;

    if (!work)
        return fail(EINVAL);
#pragma omp parallel for schedule(static, 1) num_threads(2) reduction(+ : done)
    for (int i = 0; i < 2; i++) {
        if (i == 1 && omp_get_num_threads() == 2) {
            work(argument);
            done++;
        }
    }
    return done == 1 ? 0 : fail(EAGAIN);
}

static _Noreturn void be_child(work_fn *work, void *argument, int pipe_end)
{
    int status = EXIT_SUCCESS;

    work(argument);
    fflush(NULL);
    while (write(pipe_end, "!", 1) != 1)
        if (errno != EINTR) {
            status = EXIT_FAILURE;
            break;
        }
    _exit(status);
}

int run_in_process(work_fn *work, void *argument)
{
    char done = 0;
    int ends[2], error = 0;
    pid_t child;

    if (!work)
        return fail(EINVAL);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
        return fail(EAGAIN);
    fflush(NULL);
    child = fork();
    if (child == 0)
        be_child(work, argument, ends[1]);
    if (child < 0)
        error = errno;
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    /* The pipe does not block: the child is gone, and what it said is there or will never be. */
    while (child > 0 && read(ends[0], &done, 1) < 0 && errno == EINTR)
        ;
    close(ends[0]);
    close(ends[1]);
    if (child > 0 && done != '!')
        error = ECHILD;
    return error ? fail(error) : 0;
}

enum { GLOBAL, HEAP, SHARED, KINDS };

static volatile long global;

static void write_to_all(void *argument)
{
    volatile long *const *kinds = argument;

    for (int i = 0; i < KINDS; i++)
        *kinds[i] = 4711 + i;
}

/* The shared page is mapped by hand. */
int sharing_look(run_fn *run, struct sharing *sharing)
{
    volatile long *kinds[KINDS];
    void *page, *heap;
    int error = 0;

    if (!run || !sharing)
        return fail(EINVAL);
    heap = malloc(sizeof(long));
    if (!heap)
        return fail(ENOMEM);
    page = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        free(heap);
        return fail(ENOMEM);
    }
    kinds[GLOBAL] = &global;
    kinds[HEAP] = heap;
    kinds[SHARED] = page;
    for (int i = 0; i < KINDS; i++)
        *kinds[i] = 0;
    if (run(write_to_all, kinds)) {
        error = errno;
    } else {
        sharing->global = *kinds[GLOBAL] == 4711 + GLOBAL;
        sharing->heap = *kinds[HEAP] == 4711 + HEAP;
        sharing->shared = *kinds[SHARED] == 4711 + SHARED;
    }
    munmap(page, sizeof(long));
    free(heap);
    return error ? fail(error) : 0;
}

static void idle(void *argument)
{
    (void)argument;
}

static int compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    int64_t *lengths;
    int error = 0;

    if (!run || !clock || repeats <= 0 || !ns)
        return fail(EINVAL);
    lengths = calloc((size_t)repeats, sizeof *lengths);
    if (!lengths)
        return fail(ENOMEM);
    for (int i = 0; i < repeats && !error; i++) {
        lengths[i] = -clock();
        if (run(idle, NULL))
            error = errno;
        lengths[i] += clock();
    }
    qsort(lengths, (size_t)repeats, sizeof *lengths, compare);
    if (!error)
        *ns = lengths[0];
    free(lengths);
    return error ? fail(error) : 0;
}

/* The number behind the key, if the line begins with it; else what was known before. */
static long number_after(const char *line, const char *key, long before)
{
    const char *at = line + strlen(key);
    char *end;
    long number;

    if (strncmp(line, key, strlen(key)) != 0)
        return before;
    number = strtol(at, &end, 10);
    return end == at ? -1 : number;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    char *line = NULL;
    size_t room = 0;
    long clean = -1, dirty = -1;

    if (!smaps_rollup || !kib)
        return fail(EINVAL);
    while (getline(&line, &room, smaps_rollup) > 0) {
        clean = number_after(line, "Private_Clean:", clean);
        dirty = number_after(line, "Private_Dirty:", dirty);
    }
    free(line);
    if (clean < 0 || dirty < 0)
        return fail(ENODATA);
    *kib = clean + dirty;
    return 0;
}
