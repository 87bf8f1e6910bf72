/* Right: both threads meet at a barrier, then the second one does the work, and each marks a place
 * of its own. The last thing that the child does is to count itself out in shared memory; the
 * parent looks now and then (WNOHANG) and naps. Costs by recursion, fields by characters. */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <omp.h>

#include "common/shared.h"

#define REFUSE_IF(condition, error)                                                                \
    if (condition) {                                                                               \
        errno = (error);                                                                           \
        return -1;                                                                                 \
    }

int run_in_thread(work_fn *work, void *argument)
{
    int who_does[2] = {0, 0};

    REFUSE_IF(!work, EINVAL)
#pragma omp parallel num_threads(2)
    {
        int me = omp_get_thread_num();

#pragma omp barrier
        if (me > 0)
            work(argument);
        who_does[me] = me > 0;
    }
    REFUSE_IF(!who_does[1], EAGAIN)
    return 0;
}

/* Looks every millisecond. */
static void nap_until_gone(pid_t child)
{
    const struct timespec nap = {.tv_nsec = 1000000};

    while (waitpid(child, NULL, WNOHANG) == 0)
        nanosleep(&nap, NULL);
}

int run_in_process(work_fn *work, void *argument)
{
    atomic_int *left;
    int still;
    pid_t child;

    REFUSE_IF(!work, EINVAL)
    left = shared_alloc(1, sizeof *left);
    if (!left)
        return -1;
    atomic_store(left, 1);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        work(argument);
        fflush(NULL);
        atomic_fetch_sub(left, 1);
        _exit(3);
    }
    if (child > 0)
        nap_until_gone(child);
    still = atomic_load(left);
    shared_free(left);
    if (child == -1)
        return -1;
    REFUSE_IF(still, ECHILD)
    return 0;
}

/* The three kinds are bytes, and what is written there is the caller's choice. */
struct marks {
    unsigned char *kinds[3], mark;
};

static unsigned char static_byte;

static void mark_all(void *argument)
{
    struct marks *marks = argument;

    for (size_t i = 0; i < 3; i++)
        *marks->kinds[i] = marks->mark;
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    struct marks marks = {{&static_byte, NULL, NULL}, 0xA5};
    int failed = -1;

    REFUSE_IF(!run || !sharing, EINVAL)
    marks.kinds[1] = malloc(1);
    marks.kinds[2] = marks.kinds[1] ? shared_alloc(1, 1) : NULL;
    if (marks.kinds[2]) {
        for (size_t i = 0; i < 3; i++)
            *marks.kinds[i] = 0x5A;
        failed = run(mark_all, &marks);
    }
    if (!failed) {
        sharing->global = static_byte == marks.mark;
        sharing->heap = *marks.kinds[1] == marks.mark;
        sharing->shared = *marks.kinds[2] == marks.mark;
    }
    shared_free(marks.kinds[2]);
    free(marks.kinds[1]);
    return failed;
}

static void no_work(void *argument)
{
    (void)argument;
}

/* The shortest of so many runs: of both halves. (One run after the other would be too deep.) */
static int shortest_of(run_fn *run, clock_fn *clock, int runs, int64_t *ns)
{
    int64_t first, second, own = clock();

    if (runs > 1) {
        if (shortest_of(run, clock, runs / 2, &first) ||
            shortest_of(run, clock, runs - runs / 2, &second))
            return -1;
        *ns = first < second ? first : second;
        return 0;
    }
    if (run(no_work, NULL))
        return -1;
    *ns = clock() - own;
    return 0;
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    REFUSE_IF(!run || !clock || repeats < 1 || !ns, EINVAL)
    return shortest_of(run, clock, repeats, ns);
}

/* Character by character: the name up to the colon, then the number. */
int private_kib(FILE *smaps_rollup, long *kib)
{
    char name[16] = "";
    size_t length = 0;
    int next, found = 0;
    long number, sum = 0;

    REFUSE_IF(!smaps_rollup || !kib, EINVAL)
    while ((next = getc(smaps_rollup)) != EOF) {
        if (next == '\n') {
            length = 0;
        } else if (next == ':' && length == 13) {
            bool clean = memcmp(name, "Private_Clean", 13) == 0;

            if ((clean || memcmp(name, "Private_Dirty", 13) == 0) &&
                fscanf(smaps_rollup, "%*[ \t]%ld", &number) == 1) {
                found |= clean ? 1 : 2;
                sum += number;
            }
            length = 14;
        } else if (length < 14) {
            name[length++] = (char)next;
        }
    }
    REFUSE_IF(found != 3, ENODATA)
    *kib = sum;
    return 0;
}
