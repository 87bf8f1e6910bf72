/* Right: a reduction tells how many threads there are, and the last of two does the work. The
 * parent holds SIGCHLD back and sleeps in sigtimedwait until its child is gone; a file without a
 * name proves the work. Lines are cut with strtok. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

static int failed_with(int error)
{
    errno = error;
    return -1;
}

int run_in_thread(work_fn *work, void *argument)
{
    int team = 0;

    if (!work)
        return failed_with(EINVAL);
#pragma omp parallel num_threads(2) reduction(max : team)
    {
        team = omp_get_num_threads();
        if (team == 2 && omp_get_thread_num() + 1 == team)
            work(argument);
    }
    return team == 2 ? 0 : failed_with(EAGAIN);
}

/* Sleeps until SIGCHLD comes, which is blocked, or for half a second; then looks. */
static void sleep_until_reaped(pid_t child, const sigset_t *chld)
{
    const struct timespec most = {.tv_nsec = 500000000};

    for (;;) {
        pid_t reaped = waitpid(child, NULL, WNOHANG);

        if (reaped == child || (reaped == -1 && errno != EINTR))
            return;
        sigtimedwait(chld, NULL, &most);
    }
}

int run_in_process(work_fn *work, void *argument)
{
    sigset_t chld, before;
    int file, error = 0;
    pid_t child;

    if (!work)
        return failed_with(EINVAL);
    file = memfd_create("done", MFD_CLOEXEC);
    if (file == -1)
        return failed_with(ENOMEM);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);
    fflush(NULL);
    child = fork();
    if (child == -1)
        error = errno;
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        work(argument);
        fflush(NULL);
        _exit(ftruncate(file, 1) ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    if (child > 0) {
        sleep_until_reaped(child, &chld);
        if (lseek(file, 0, SEEK_END) != 1)
            error = ECHILD;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(file);
    return error ? failed_with(error) : 0;
}

static uint64_t in_data;

/* A cell of each kind, counted up by the work. */
static void count_up(void *cells_)
{
    uint64_t **cells = cells_;

    for (; *cells; cells++)
        ++**cells;
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    uint64_t *cells[4] = {&in_data, NULL, NULL, NULL}, old[3];
    bool *seen[3];
    int error = 0;
    void *page;

    if (!run || !sharing)
        return failed_with(EINVAL);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cells[1] = malloc(sizeof *cells[1]);
    if (page == MAP_FAILED || !cells[1]) {
        error = ENOMEM;
    } else {
        cells[2] = page;
        *cells[1] = 7;
        for (int i = 0; i < 3; i++)
            old[i] = *cells[i];
        if (run(count_up, cells))
            error = errno;
    }
    seen[0] = &sharing->global;
    seen[1] = &sharing->heap;
    seen[2] = &sharing->shared;
    for (int i = 0; !error && i < 3; i++)
        *seen[i] = *cells[i] == old[i] + 1;
    if (page != MAP_FAILED)
        munmap(page, 4096);
    free(cells[1]);
    return error ? failed_with(error) : 0;
}

static void leave_at_once(void *unused)
{
    (void)unused;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    uint64_t best = UINT64_MAX;

    if (!run || !clock || repeats <= 0 || !ns)
        return failed_with(EINVAL);
    while (repeats--) {
        const uint64_t begin = (uint64_t)clock();
        uint64_t took;

        if (run(leave_at_once, &best) == -1)
            return -1;
        took = (uint64_t)clock() - begin;
        best = took < best ? took : best;
    }
    *ns = (int64_t)best;
    return 0;
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    static const char *const names[] = {"Private_Clean", "Private_Dirty"};
    intmax_t fields[2] = {-1, -1};
    char line[512];

    if (!smaps_rollup || !kib)
        return failed_with(EINVAL);
    while (fgets(line, (int)sizeof line, smaps_rollup)) {
        char *rest, *end, *name = strtok_r(line, ":", &rest);

        for (int i = 0; name && rest && i < 2; i++) {
            intmax_t number;

            if (strcmp(name, names[i]) != 0)
                continue;
            number = strtoimax(rest, &end, 10);
            fields[i] = end == rest ? -1 : number;
        }
    }
    if (fields[0] < 0 || fields[1] < 0)
        return failed_with(ENODATA);
    *kib = (long)(fields[0] + fields[1]);
    return 0;
}
