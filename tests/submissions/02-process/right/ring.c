/* Right: The children under way are a ring: places are reaped in the order in which they were
 * filled. By somebody who saw no test. */
#include "02-process/process_map.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

/* What a child delivers. In shared memory; written by the one child that runs the task, read by
 * the parent once that child is reaped. */
struct result {
    long out;
    int error;     /* what the task returned */
    int delivered; /* set last: 0 if the child died before */
};

/* The children that are running: those of tasks first .. next - 1. Only the parent writes here. */
struct launch {
    pid_t *children;        /* children[i % workers] runs task i: a ring of places */
    struct result *results; /* shared, one for each task */
    size_t workers;         /* the most children at the same time */
    size_t first, next;
    int error; /* what the map fails with; 0 so far */
};

/* Runs one task in the child and ends the child. */
static _Noreturn void run_child(task_fn *task, long in, struct result *result)
{
    result->error = task(in, &result->out);
    result->delivered = 1;
    fflush(NULL);
    _exit(0);
}

/* Starts the child of the next task. Returns 0, or -1 with errno of fork(2). */
static int start_next(struct launch *launch, task_fn *task, const long in[])
{
    size_t i = launch->next;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0)
        run_child(task, in[i], &launch->results[i]);
    launch->children[i % launch->workers] = pid;
    launch->next++;
    return 0;
}

/* Kills all children that are running: one might wait for another that has died. Does not reap
 * them. */
static void kill_all(const struct launch *launch)
{
    for (size_t i = launch->first; i < launch->next; i++) {
        pid_t pid = launch->children[i % launch->workers];

        if (pid > 0)
            kill(pid, SIGKILL);
    }
}

/* Waits for the child that was started first and notes its error, if it is the map's first error. A
 * death is noted in place of a task's error. (Younger children may have ended long ago, and their
 * places stay empty meanwhile. A pool does better.) */
static void reap_oldest(struct launch *launch)
{
    const struct result *result = &launch->results[launch->first];
    pid_t pid = launch->children[launch->first % launch->workers];

    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    launch->first++;
    if (!result->delivered) {
        launch->error = ECHILD;
        kill_all(launch);
    } else if (result->error != 0 && launch->error == 0) {
        launch->error = result->error;
    }
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct launch launch = {.workers = workers};

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if (launch.workers > n)
        launch.workers = n;
    launch.children = malloc(launch.workers * sizeof *launch.children);
    launch.results = shared_alloc(n, sizeof *launch.results);
    if (!launch.children || !launch.results) {
        free(launch.children);
        shared_free(launch.results);
        errno = ENOMEM;
        return -1;
    }

    while (launch.next < n && launch.error == 0) {
        if (launch.next - launch.first == launch.workers) {
            reap_oldest(&launch);
            continue; /* has it failed? */
        }
        if (start_next(&launch, task, in) != 0)
            launch.error = errno;
    }
    while (launch.first < launch.next)
        reap_oldest(&launch);

    if (launch.error == 0)
        for (size_t i = 0; i < n; i++)
            out[i] = launch.results[i].out;

    free(launch.children);
    shared_free(launch.results);
    if (launch.error != 0) {
        errno = launch.error;
        return -1;
    }
    return 0;
}
