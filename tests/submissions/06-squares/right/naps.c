/* Right: children write what came of them into a file in memory, each at its own place. The parent
 * waits by looking now and then: waitpid(WNOHANG) and a nap of 3 ms. One by one and together differ in
 * how many are looked at. The lines are put together by asprintf. */
#include "06-squares/squares.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int write_all(int file, const char *text, size_t length)
{
    for (ssize_t done; length > 0; text += done, length -= (size_t)done) {
        done = write(file, text, length);
        if (done < 0 && errno != EINTR)
            return -1;
        if (done < 0)
            done = 0;
    }
    return 0;
}

int read_all(int file, void *buffer, size_t size)
{
    for (size_t there = 0; there < size;) {
        ssize_t more = read(file, (char *)buffer + there, size - there);

        if (more > 0) {
            there += (size_t)more;
        } else if (more == 0) {
            errno = EPIPE;
            return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

/* A place in the file; one that nobody has written is all zero. */
struct place {
    long square;
    int error, there;
};

static int show(int output, size_t number, long value, long square)
{
    char *lines;
    int error = 0;
    int length = asprintf(&lines,
                          "Process ID: %d\nProcess Name: Process-%zu\nThe number %ld squares to "
                          "%ld.\n",
                          (int)getpid(), number, value, square);

    if (length < 0)
        return ENOMEM;
    if (write_all(output, lines, (size_t)length))
        error = errno;
    free(lines);
    return error;
}

static _Noreturn void live(int file, size_t i, long value, int output, delay_fn *delay)
{
    struct place place = {.there = 1};

    if (delay)
        delay(value);
    place.error = __builtin_mul_overflow(value, value, &place.square)
                      ? ERANGE
                      : show(output, i + 1, value, place.square);
    while (pwrite(file, &place, sizeof place, (off_t)(i * sizeof place)) == -1 && errno == EINTR)
        ;
    _exit(EXIT_SUCCESS);
}

/* Naps until the child is gone. */
static void see_off(pid_t child)
{
    const struct timespec nap = {0, 3000000};

    while (waitpid(child, NULL, WNOHANG) == 0)
        nanosleep(&nap, NULL);
}

static int outcome(int file, size_t i, long *square)
{
    struct place place = {0};

    while (pread(file, &place, sizeof place, (off_t)(i * sizeof place)) == -1 && errno == EINTR)
        ;
    if (!place.there)
        return ECHILD;
    *square = place.square;
    return place.error;
}

struct family {
    int file;
    size_t born, gone; /* children [gone, born) live */
    pid_t *pids;
};

/* Starts all that are missing up to `end` and sees them off. Returns 0, or the first errno. */
static int raise_up_to(struct family *family, size_t end, const long values[], long squares[],
                       int output, delay_fn *delay)
{
    int error = 0, no_more = 0;

    while (family->born < end && !no_more) {
        pid_t child;

        fflush(NULL);
        child = fork();
        if (child == 0)
            live(family->file, family->born, values[family->born], output, delay);
        if (child < 0)
            no_more = errno;
        else
            family->pids[family->born++] = child;
    }
    for (; family->gone < family->born; family->gone++) {
        int failed;

        see_off(family->pids[family->gone]);
        failed = outcome(family->file, family->gone, &squares[family->gone]);
        error = error ? error : failed;
    }
    return error ? error : no_more;
}

static int run(const long values[], long squares[], size_t n, int output, delay_fn *delay,
               bool together)
{
    struct family family = {.file = -1};
    int error = 0;

    if (n > 0 && (!values || !squares))
        error = EINVAL;
    else if (n > 0 && !(family.pids = malloc(n * sizeof *family.pids)))
        error = ENOMEM;
    else if (n > 0 && (family.file = memfd_create("squares", MFD_CLOEXEC)) == -1)
        error = errno;
    for (size_t end = together ? n : 1; end <= n && n > 0 && !error; end++)
        error = raise_up_to(&family, end, values, squares, output, delay);
    if (family.file != -1)
        close(family.file);
    free(family.pids);
    errno = error;
    return error ? -1 : 0;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return run(values, squares, n, output, delay, false);
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return run(values, squares, n, output, delay, true);
}
