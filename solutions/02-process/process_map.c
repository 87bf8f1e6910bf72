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
    /* TODO(1): Run the task and deliver its result and its error. Write out what the task printed
     * (fflush(3)). Then leave with _exit(2): exit(3) would run the parent's atexit(3) handlers a
     * second time. */
    /* answer:
    _exit(1); */
    result->error = task(in, &result->out);
    result->delivered = 1;
    fflush(NULL);
    _exit(0);
    /* end of answer */
}

/* Starts the child of the next task. Returns 0, or -1 with errno of fork(2). */
static int start_next(struct launch *launch, task_fn *task, const long in[])
{
    /* TODO(2): Text in a stdio buffer is copied by fork(2), and then written twice. So write it out
     * first. Fork; the child never returns from run_child. Note the child's PID. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == -1)
        return -1;
    if (child == 0)
        run_child(task, in[launch->next], &launch->results[launch->next]);
    launch->children[launch->next % launch->workers] = child;
    launch->next++;
    return 0;
    /* end of answer */
}

/* Kills all children that are running: one might wait for another that has died. Does not reap
 * them. */
static void kill_all(const struct launch *launch)
{
    /* TODO(3): kill(2) each with SIGKILL. Make sure that you only kill your own children: a PID of
     * 0 or -1 means many processes at once. */
    /* answer: */
    for (size_t i = launch->first; i < launch->next; i++)
        kill(launch->children[i % launch->workers], SIGKILL);
    /* end of answer */
}

/* Waits for the child that was started first and notes its error, if it is the map's first error. A
 * death is noted in place of a task's error. (Younger children may have ended long ago, and their
 * places stay empty meanwhile. A pool does better.) */
static void reap_oldest(struct launch *launch)
{
    /* TODO(4): waitpid(2) for that child and no other; EINTR means try again. If it has delivered
     * no result, it has died: the error is then ECHILD, and the children left must be killed. */
    /* answer: */
    struct result *result = &launch->results[launch->first];
    pid_t child = launch->children[launch->first % launch->workers];

    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    launch->first++;
    if (!result->delivered) {
        kill_all(launch);
        launch->error = ECHILD;
    } else if (!launch->error) {
        launch->error = result->error;
    }
    /* end of answer */
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(5): Get room for the children's PIDs (malloc(3)) and for the results (shared_alloc in
     * common/shared.h: why would malloc not do?). Start a child for each task, in order; when
     * `workers` of them are running, reap the oldest first. After an error start no more, but reap
     * every child. Copy the results to out[]. Free everything, also after an error. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    struct launch launch = {.workers = n < (size_t)workers ? n : (size_t)workers};

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    launch.children = calloc(launch.workers, sizeof *launch.children);
    launch.results = shared_alloc(n, sizeof *launch.results);
    if (!launch.children || !launch.results)
        launch.error = ENOMEM;

    while (!launch.error && launch.next < n) {
        if (launch.next - launch.first == launch.workers)
            reap_oldest(&launch);
        else if (start_next(&launch, task, in))
            launch.error = errno;
    }
    while (launch.first < launch.next)
        reap_oldest(&launch);

    for (size_t i = 0; !launch.error && i < n; i++)
        out[i] = launch.results[i].out;
    shared_free(launch.results);
    free(launch.children);
    if (launch.error)
        errno = launch.error;
    return launch.error ? -1 : 0;
    /* end of answer */
}
