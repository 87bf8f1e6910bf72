/* Right: the child says through a pipe that may block that its work is done, in one byte. The pipe
 * is empty, so it is written once: no signal comes between. Thread 1 is who gets iteration 1 of a
 * loop with a static schedule; the three variables are an array of places; a file is read by the
 * letter. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"

int run_in_thread(work_fn *work, void *argument)
{
    int size = 1;

    if (!work)
        goto invalid;
#pragma omp parallel num_threads(2)
    {
#pragma omp master
        size = omp_get_num_threads();
#pragma omp barrier
        /* static, 1: iteration 1 is thread 1's */
#pragma omp for schedule(static, 1)
        for (int i = 0; i < 2; i++)
            if (i == 1 && size == 2)
                work(argument);
    }
    if (size == 2)
        return 0;
    errno = EAGAIN;
    return -1;
invalid:
    errno = EINVAL;
    return -1;
}

/* The child's last act is to write one byte: no byte, no end of the work. */
int run_in_process(work_fn *work, void *argument)
{
    int ends[2], failed;
    pid_t child;
    char byte = 0;
    ssize_t got;

    if (!work) {
        errno = EINVAL;
        return -1;
    }
    if (pipe2(ends, O_CLOEXEC)) {
        errno = EAGAIN;
        return -1;
    }
    fflush(NULL);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        work(argument);
        fflush(NULL);
        _exit(write(ends[1], "!", 1) == 1 ? 0 : 1);
    }
    failed = errno;
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        errno = failed;
        return -1;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    fcntl(ends[0], F_SETFL,
          O_NONBLOCK); /* the child is gone: either the byte is there, or it is not */
    got = read(ends[0], &byte, 1);
    close(ends[0]);
    if (got == 1 && byte == '!')
        return 0;
    errno = ECHILD;
    return -1;
}

static volatile int the_global = 0;

static void put_ones(void *cells)
{
    int **cell = cells;

    for (int i = 0; i < 3; i++)
        *cell[i] = 1;
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    int *cell[3] = {(int *)&the_global, NULL, NULL};
    int failed = 0;

    if (!run || !sharing)
        failed = EINVAL;
    if (!failed && !(cell[1] = malloc(sizeof(int))))
        failed = ENOMEM;
    if (!failed && !(cell[2] = shared_alloc(1, sizeof(int))))
        failed = ENOMEM;
    if (!failed) {
        for (int i = 0; i < 3; i++)
            *cell[i] = 0;
        if (run(put_ones, cell) != 0)
            failed = errno;
    }
    if (!failed) {
        sharing->global = *cell[0] == 1;
        sharing->heap = *cell[1] == 1;
        sharing->shared = *cell[2] == 1;
    }
    shared_free(cell[2]);
    free(cell[1]);
    if (failed) {
        errno = failed;
        return -1;
    }
    return 0;
}

static void do_nothing(void *argument)
{
    (void)argument;
}

static int one(run_fn *run, clock_fn *clock, int64_t *took)
{
    const int64_t before = clock();
    const int rc = run(do_nothing, NULL);

    if (rc == 0)
        *took = clock() - before;
    return rc;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    int64_t shortest, took;

    if (!run || !clock || !ns || repeats <= 0)
        return errno = EINVAL, -1;
    if (one(run, clock, &shortest))
        return -1;
    while (--repeats > 0) {
        if (one(run, clock, &took))
            return -1;
        shortest = took < shortest ? took : shortest;
    }
    *ns = shortest;
    return 0;
}

/* Reads a word of at most size - 1 characters, up to white space. Returns what ended it. */
static int next_word(FILE *f, char *word, size_t size)
{
    size_t n = 0;
    int c = getc(f);

    while (c == ' ' || c == '\t')
        c = getc(f);
    for (; c != EOF && c != '\n' && c != ' ' && c != '\t'; c = getc(f))
        if (n + 1 < size)
            word[n++] = (char)c;
    word[n] = '\0';
    return c;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    char name[64], number[64], *end;
    long sum = 0;
    int seen[2] = {0, 0}, c, which;

    if (smaps_rollup == NULL || kib == NULL) {
        errno = EINVAL;
        return -1;
    }
    do {
        c = next_word(smaps_rollup, name, sizeof name);
        which = !strcmp(name, "Private_Clean:") ? 0 : !strcmp(name, "Private_Dirty:") ? 1 : -1;
        if (which >= 0 && c != '\n' && c != EOF) {
            c = next_word(smaps_rollup, number, sizeof number);
            long v = strtol(number, &end, 10);
            if (end != number && *end == '\0') {
                seen[which] = 1;
                sum += v;
            }
        }
        while (c != '\n' && c != EOF)
            c = getc(smaps_rollup);
    } while (c != EOF);
    if (!seen[0] || !seen[1]) {
        errno = ENODATA;
        return -1;
    }
    *kib = sum;
    return 0;
}
