/* Right: looks at each child in turn whether it has ended (waitpid with WNOHANG), and naps for 20 ms
 * where none has. Who has ended gives its place to the next task. What a task brings back is one
 * atomic state in shared memory, beside its result. */
#include "02-process/process_map.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MISSING = -1 };

struct answer {
    long value;
    atomic_int state; /* MISSING, or what the task returned */
};

struct post {
    pid_t child; /* 0: nobody */
    size_t task;
};

static void nap(void)
{
    const struct timespec pause = {0, 20000000};

    nanosleep(&pause, NULL);
}

static _Noreturn void serve(task_fn *task, long in, struct answer *answer)
{
    int state = task(in, &answer->value);

    atomic_store(&answer->state, state);
    fflush(NULL);
    _exit(EXIT_SUCCESS);
}

static int man(struct post *post, task_fn *task, const long in[], size_t i, struct answer *answers)
{
    fflush(NULL);
    post->child = fork();
    if (post->child == 0)
        serve(task, in[i], &answers[i]);
    post->task = i;
    if (post->child > 0)
        return 0;
    post->child = 0;
    return errno;
}

/* True if the post's child has ended; it is reaped then. */
static int has_ended(struct post *post)
{
    pid_t seen = waitpid(post->child, NULL, WNOHANG);

    if (seen == 0 || (seen == -1 && errno != ECHILD))
        return 0;
    post->child = 0;
    return 1;
}

static void end_all(const struct post posts[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (posts[i].child > 0)
            kill(posts[i].child, SIGKILL);
}

/* Runs all tasks. Returns 0, or why it stopped: ECHILD, or the errno of fork. */
static int run(task_fn *task, const long in[], size_t n, struct answer *answers,
               struct post posts[], size_t count)
{
    size_t next = 0, busy = 0;
    int trouble = 0, failed = 0;

    do {
        size_t ended = 0;

        for (size_t i = 0; i < count; i++) {
            if (posts[i].child && has_ended(&posts[i])) {
                int state = atomic_load(&answers[posts[i].task].state);

                ended++;
                busy--;
                if (state == MISSING) {
                    trouble = ECHILD;
                    end_all(posts, count);
                }
                failed |= state;
            }
            if (!posts[i].child && next < n && !trouble && !failed) {
                trouble = man(&posts[i], task, in, next, answers);
                busy += !trouble;
                next += !trouble;
            }
        }
        if (busy && !ended)
            nap();
    } while (busy || (next < n && !trouble && !failed));
    return trouble;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t count = n < (size_t)workers ? n : (size_t)workers;
    struct answer *answers;
    struct post *posts;
    int error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    posts = calloc(count, sizeof *posts);
    answers =
        mmap(NULL, n * sizeof *answers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!posts || answers == MAP_FAILED) {
        if (answers != MAP_FAILED)
            munmap(answers, n * sizeof *answers);
        free(posts);
        errno = ENOMEM;
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        atomic_init(&answers[i].state, MISSING);
    error = run(task, in, n, answers, posts, count);
    for (size_t i = 0; i < n && !error; i++)
        if (atomic_load(&answers[i].state) > 0)
            error = atomic_load(&answers[i].state);
    for (size_t i = 0; i < n && !error; i++)
        out[i] = answers[i].value;
    munmap(answers, n * sizeof *answers);
    free(posts);
    errno = error;
    return error ? -1 : 0;
}
