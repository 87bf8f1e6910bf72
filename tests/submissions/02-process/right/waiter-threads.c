/* Right: a thread for each worker, which takes the next task, forks a child for it and waits for
 * that child. The threads compute nothing; the children do. */
#include "02-process/process_map.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

struct slip {
    long out;
    int error;
    int signed_off; /* set last, by the child */
};

struct office {
    task_fn *task;
    const long *in;
    size_t n;
    struct slip *slips; /* shared with the children */

    /* Guarded by `desk`. */
    pthread_mutex_t desk;
    size_t next;     /* the next task */
    size_t bad;      /* the lowest task that failed; n: none */
    int trouble;     /* ECHILD, or what fork failed with */
    pid_t *children; /* the child of each waiter; 0: none that could be killed */
};

struct waiter {
    pthread_t thread;
    struct office *office;
    size_t number;
};

/* Takes a task and forks a child for it. Returns false when there is nothing more to start. The fork
 * is made at the desk: whoever kills the children must know all of them. */
static bool send_out(struct waiter *me, size_t *task, pid_t *child)
{
    struct office *office = me->office;

    pthread_mutex_lock(&office->desk);
    *task = office->next;
    if (*task == office->n || office->trouble || office->bad < office->n) {
        pthread_mutex_unlock(&office->desk);
        return false;
    }
    office->next++;
    fflush(NULL);
    *child = fork();
    if (*child == 0) {
        struct slip *slip = &office->slips[*task];

        slip->error = office->task(office->in[*task], &slip->out);
        slip->signed_off = 1;
        fflush(NULL);
        _exit(0);
    }
    if (*child < 0)
        office->trouble = errno;
    else
        office->children[me->number] = *child;
    pthread_mutex_unlock(&office->desk);
    return *child > 0;
}

/* Notes what became of a child, which has ended and is not reaped yet: its PID is still its own. */
static void file_away(struct waiter *me, size_t task, pid_t child)
{
    struct office *office = me->office;

    pthread_mutex_lock(&office->desk);
    office->children[me->number] = 0;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    if (!office->slips[task].signed_off) {
        for (size_t i = 0; i < office->n; i++)
            if (office->children[i] > 0)
                kill(office->children[i], SIGKILL);
        office->trouble = ECHILD;
    } else if (office->slips[task].error && task < office->bad) {
        office->bad = task;
    }
    pthread_mutex_unlock(&office->desk);
}

static void *serve(void *argument)
{
    struct waiter *me = argument;
    size_t task;
    pid_t child;

    while (send_out(me, &task, &child)) {
        siginfo_t info;

        while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
            ;
        file_away(me, task, child);
    }
    return NULL;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct office office = {.task = task, .in = in, .n = n, .bad = n};
    struct waiter *waiters;
    size_t hired = 0;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    pthread_mutex_init(&office.desk, NULL);
    office.slips = shared_alloc(n, sizeof *office.slips);
    office.children = calloc(n, sizeof *office.children);
    waiters = calloc(n, sizeof *waiters);
    if (!office.slips || !office.children || !waiters)
        error = ENOMEM;
    for (; !error && hired < n && hired < (size_t)workers; hired++) {
        waiters[hired] = (struct waiter){.office = &office, .number = hired};
        error = pthread_create(&waiters[hired].thread, NULL, serve, &waiters[hired]);
        if (error)
            break;
    }
    for (size_t i = 0; i < hired; i++)
        pthread_join(waiters[i].thread, NULL);
    if (office.trouble)
        error = office.trouble;
    else if (!error && office.bad < n)
        error = office.slips[office.bad].error;
    for (size_t i = 0; i < n && !error; i++)
        out[i] = office.slips[i].out;
    pthread_mutex_destroy(&office.desk);
    shared_free(office.slips);
    free(office.children);
    free(waiters);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
