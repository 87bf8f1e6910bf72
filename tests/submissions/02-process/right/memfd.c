/* Right: results go through a file without a name, in which each task has its place; children are a
 * list. */
#include "02-process/process_map.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct record {
    char valid;
    int error;
    long value;
};

struct node {
    pid_t pid;
    size_t i;
    struct node *next;
};

static _Noreturn void live(int file, task_fn *task, long in, size_t i)
{
    struct record r;

    memset(&r, 0, sizeof r);
    r.error = task(in, &r.value);
    r.valid = 'v';
    fflush(NULL);
    if (pwrite(file, &r, sizeof r, (off_t)(i * sizeof r)) != (ssize_t)sizeof r)
        _exit(2);
    _exit(0);
}

static void append(struct node **head, struct node **tail, struct node *new)
{
    if (*head)
        (*tail)->next = new;
    else
        *head = new;
    *tail = new;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct node *head = NULL, *tail = NULL, *node;
    struct record r;
    int file = -1, error = 0, fork_error = 0, dead = 0;
    size_t next = 0;
    long alive = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (!n)
        return 0;
    file = memfd_create("results", MFD_CLOEXEC);
    if (file < 0) {
        errno = ENOMEM;
        return -1;
    }
    if (ftruncate(file, (off_t)(n * sizeof r))) {
        close(file);
        errno = ENOMEM;
        return -1;
    }
again:
    while (alive < workers && next < n && !error && !fork_error && !dead) {
        node = malloc(sizeof *node);
        if (!node) {
            fork_error = ENOMEM;
            break;
        }
        node->next = NULL;
        node->i = next;
        fflush(NULL);
        node->pid = fork();
        if (node->pid == 0)
            live(file, task, in[next], next);
        if (node->pid < 0) {
            fork_error = errno;
            free(node);
            break;
        }
        append(&head, &tail, node);
        next++;
        alive++;
    }
    if (head) {
        while (waitpid(head->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        node = head;
        head = head->next;
        alive--;
        memset(&r, 0, sizeof r);
        if (pread(file, &r, sizeof r, (off_t)(node->i * sizeof r)) < 0 || r.valid != 'v') {
            if (!dead)
                for (struct node *k = head; k; k = k->next)
                    kill(k->pid, SIGKILL);
            dead = 1;
        } else if (r.error && !error)
            error = r.error;
        else if (!r.error)
            out[node->i] = r.value;
        free(node);
        goto again;
    }
    close(file);
    if (dead)
        error = ECHILD;
    else if (fork_error)
        error = fork_error;
    if (error)
        errno = error;
    return error ? -1 : 0;
}
