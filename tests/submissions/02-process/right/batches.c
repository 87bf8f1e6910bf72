/* Right: forks a batch of `workers` children, reaps the whole batch, then forks the next one.
 * A batch is a process group, so that waitpid can wait for any of its children and for no other.
 * Results come back in an anonymous shared mapping. */
#include "02-process/process_map.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written by the child that runs the task; read by the parent once that child is reaped. */
struct cell {
    long value;
    int error;
    atomic_bool full;
    pid_t child; /* the parent's own; 0 once it is reaped */
};

/* Forks children for cells[0..count), all in the process group of the first. Returns how many there
 * are now; fewer than `count` with errno of fork. */
static size_t launch(task_fn *task, const long in[], struct cell cells[], size_t count)
{
    pid_t group = 0;

    for (size_t i = 0; i < count; i++) {
        pid_t child;

        fflush(NULL);
        child = fork();
        if (child < 0)
            return i;
        if (child == 0) {
            setpgid(0, group);
            cells[i].error = task(in[i], &cells[i].value);
            atomic_store(&cells[i].full, true);
            fflush(NULL);
            _exit(0);
        }
        group = group ? group : child;
        setpgid(child, group); /* parent and child both do it: whoever comes first */
        cells[i].child = child;
    }
    return count;
}

static bool all_full(struct cell cells[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!atomic_load(&cells[i].full))
            return false;
    return true;
}

/* Reaps a batch, in whatever order its children end. As soon as one has died without a result, the
 * others are killed. Returns whether one did. */
static bool land(struct cell cells[], size_t count)
{
    pid_t group = count > 0 ? cells[0].child : 0;
    bool died = false;

    for (size_t left = count; left > 0;) {
        pid_t child = waitpid(-group, NULL, 0);

        if (child < 0 && errno == EINTR)
            continue;
        if (child < 0) { /* SIGCHLD is ignored: the group may have lost its first member early */
            for (size_t i = 0; i < count; i++)
                while (cells[i].child > 0 && waitpid(cells[i].child, NULL, 0) < 0 && errno == EINTR)
                    ;
            return !all_full(cells, count);
        }
        left--;
        for (size_t i = 0; i < count; i++) {
            if (cells[i].child != child)
                continue;
            cells[i].child = 0;
            if (atomic_load(&cells[i].full) || died)
                continue;
            died = true;
            for (size_t j = 0; j < count; j++)
                if (cells[j].child > 0)
                    kill(cells[j].child, SIGKILL);
        }
    }
    return died;
}

static int run_batches(task_fn *task, const long in[], struct cell cells[], size_t n, size_t width)
{
    for (size_t begin = 0; begin < n; begin += width) {
        size_t wanted = n - begin < width ? n - begin : width;
        size_t count = launch(task, in + begin, cells + begin, wanted);
        int fork_error = count < wanted ? errno : 0;

        if (land(cells + begin, count))
            return ECHILD;
        if (fork_error)
            return fork_error;
        for (size_t i = begin; i < begin + count; i++)
            if (cells[i].error)
                return cells[i].error;
    }
    return 0;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct cell *cells;
    int error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    cells =
        mmap(NULL, n * sizeof *cells, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (cells == MAP_FAILED) {
        errno = ENOMEM;
        return -1;
    }
    error = run_batches(task, in, cells, n, (size_t)workers);
    for (size_t i = 0; i < n && !error; i++)
        out[i] = cells[i].value;
    munmap(cells, n * sizeof *cells);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
