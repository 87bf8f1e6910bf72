/* Right: a descriptor of every child (pidfd_open), and poll over them all. Whoever ends is reaped by
 * waitid. The results lie in a file in memory, which children write to at their places by pwrite. */
#include "02-process/process_map.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child writes; a place that nobody has written to is all 0. */
struct record {
    long value;
    int error;
    int there;
};

/* watched[i] and pids[i], i < count, are the children under way, in no order. */
struct crowd {
    struct pollfd *watched;
    pid_t *pids;
    size_t count;
    int file;
    int failure; /* why no more are started; 0: all is well */
};

static _Noreturn void be_child(task_fn *task, long in, int file, size_t i)
{
    struct record record = {0};

    record.error = task(in, &record.value);
    record.there = 1;
    fflush(NULL);
    _exit(pwrite(file, &record, sizeof record, (off_t)(i * sizeof record)) != sizeof record);
}

static void add(struct crowd *crowd, task_fn *task, const long in[], size_t i)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        be_child(task, in[i], crowd->file, i);
    if (pid == -1) {
        crowd->failure = errno;
        return;
    }
    crowd->pids[crowd->count] = pid;
    crowd->watched[crowd->count].fd = (int)syscall(SYS_pidfd_open, pid, 0);
    crowd->watched[crowd->count].events = POLLIN;
    crowd->count++;
}

static void reap(struct crowd *crowd, size_t at)
{
    siginfo_t info;

    while (waitid(P_PID, (id_t)crowd->pids[at], &info, WEXITED) == -1 && errno == EINTR)
        ;
    if (crowd->watched[at].fd >= 0)
        close(crowd->watched[at].fd);
    crowd->count--;
    crowd->pids[at] = crowd->pids[crowd->count];
    crowd->watched[at] = crowd->watched[crowd->count];
}

/* Waits until somebody has ended, and reaps all who have. (A descriptor that could not be had: that
 * child is waited for by its number.) */
static void reap_some(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++)
        if (crowd->watched[i].fd < 0) {
            reap(crowd, i);
            return;
        }
    while (poll(crowd->watched, crowd->count, -1) == -1 && errno == EINTR)
        ;
    for (size_t i = crowd->count; i-- > 0;)
        if (crowd->watched[i].revents)
            reap(crowd, i);
}

enum { DEATH = -1 }; /* no task returns that; it may well return ECHILD */

/* Which of the tasks [0, started) have delivered? Tells the map's error; 0: none. Those under way
 * have not ended, so nothing is known of them: only a task whose child has been reaped counts. */
static int look(const struct crowd *crowd, size_t started, long out[], size_t missing_allowed)
{
    size_t missing = 0;
    int error = 0;

    for (size_t i = 0; i < started; i++) {
        struct record record = {0};

        if (pread(crowd->file, &record, sizeof record, (off_t)(i * sizeof record)) < 0)
            return errno;
        missing += !record.there;
        if (record.there && record.error && !error)
            error = record.error;
        out[i] = record.value;
    }
    return missing > missing_allowed ? DEATH : error;
}

static int run(struct crowd *crowd, task_fn *task, const long in[], long out[], size_t n,
               size_t workers)
{
    size_t started = 0;
    int error = 0;

    while (crowd->count || (started < n && !error && !crowd->failure)) {
        if (!error && !crowd->failure && started < n && crowd->count < workers) {
            add(crowd, task, in, started);
            started += !crowd->failure;
            continue;
        }
        reap_some(crowd);
        error = look(crowd, started, out, crowd->count);
        for (size_t i = 0; i < crowd->count && error == DEATH; i++)
            kill(crowd->pids[i], SIGKILL);
    }
    error = look(crowd, started, out, 0);
    if (error == DEATH)
        return ECHILD;
    return crowd->failure ? crowd->failure : error;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct crowd crowd = {.file = -1};
    size_t most = n < (size_t)workers ? n : (size_t)workers;
    int error = ENOMEM;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    crowd.watched = calloc(most, sizeof *crowd.watched);
    crowd.pids = calloc(most, sizeof *crowd.pids);
    if (crowd.watched && crowd.pids) {
        crowd.file = memfd_create("results", MFD_CLOEXEC);
        error = crowd.file == -1 ? errno : run(&crowd, task, in, out, n, most);
    }
    if (crowd.file != -1)
        close(crowd.file);
    free(crowd.watched);
    free(crowd.pids);
    errno = error;
    return error ? -1 : 0;
}
