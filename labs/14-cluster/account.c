#include "14-cluster/account.h"

#include <mpi.h>
#include <omp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/terminal.h"
#include "common/program/timeline.h"
#include "common/program/tracefile.h"

static struct account mine;
static atomic_long tasks;
static task_fn *run;

void account_start(task_fn *task)
{
    run = task;
    gethostname(mine.host, sizeof mine.host - 1);
    mine.pid = getpid();
}

int account_task(long in, long *out)
{
    int64_t begin = clock_wall();
    int error = run(in, out);
    long number = atomic_fetch_add(&tasks, 1);

    if (number < ACCOUNT_TASKS)
        mine.times[number] = (struct account_task){begin, clock_wall(), omp_get_thread_num()};
    return error;
}

/* How much of an account says something. */
static size_t size_of(long count)
{
    return offsetof(struct account, times) +
           sizeof mine.times[0] * (size_t)(count < ACCOUNT_TASKS ? count : ACCOUNT_TASKS);
}

struct account *account_gather(int rank, int ranks)
{
    struct account *all = rank == 0 ? calloc((size_t)ranks, sizeof *all) : NULL;
    int there = rank != 0 || all;

    mine.tasks = atomic_load(&tasks);
    for (long i = 0; i < mine.tasks && i < ACCOUNT_TASKS; i++)
        mine.busy_ns += mine.times[i].end - mine.times[i].begin;
    MPI_Bcast(&there, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (!there) {
        free(all);
        return NULL;
    }
    if (rank != 0)
        MPI_Send(&mine, (int)size_of(mine.tasks), MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    else
        all[0] = mine;
    for (int other = 1; rank == 0 && other < ranks; other++)
        MPI_Recv(&all[other], sizeof mine, MPI_BYTE, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return all;
}

void account_print(const struct account accounts[], int ranks)
{
    line_print("rank  host             PID  tasks  computing");
    for (int rank = 0; rank < ranks; rank++) {
        const struct account *one = &accounts[rank];

        line_print("%4d  %-12.12s %7ld  %5ld  %6.0f ms%s", rank, one->host, one->pid, one->tasks,
                   (double)one->busy_ns / NS_PER_MS,
                   rank == 0 && ranks > 1 ? tr("   (hands out)") : "");
    }
}

static int by_begin(const void *a, const void *b)
{
    const struct trace_event *one = a, *other = b;

    return (one->begin > other->begin) - (one->begin < other->begin);
}

/* The tasks of a rank, sorted by begin; to be freed. Stores how many there are. Returns NULL with
 * errno ENOMEM. */
static struct trace_event *events_of(const struct account *account, size_t *stored)
{
    long count = account->tasks < ACCOUNT_TASKS ? account->tasks : ACCOUNT_TASKS;
    struct trace_event *events = calloc((size_t)count + 1, sizeof *events);

    for (long i = 0; events && i < count; i++) {
        const struct account_task *task = &account->times[i];
        const pid_t thread = (pid_t)(account->pid * 64 + task->thread);

        events[i] = (struct trace_event){task->begin, task->end, (pid_t)account->pid, thread,
                                         TRACE_COMPUTING};
    }
    if (events)
        qsort(events, (size_t)count, sizeof *events, by_begin);
    *stored = (size_t)count;
    return events;
}

static int draw_rank(const struct timeline *timeline, const struct account *account, int rank,
                     int threads, int64_t begin)
{
    size_t count;
    struct trace_event *events = events_of(account, &count);
    char label[24];
    int failed;

    if (!events)
        return -1;
    snprintf(label, sizeof label, "%d %.9s", rank, account->host);
    failed = timeline_rows(timeline, label, threads, begin, events, count);
    free(events);
    return failed;
}

int account_write(const char *path, const struct account accounts[], int ranks, int64_t begin)
{
    struct tracefile *file = tracefile_open(path);
    int failed = !file;

    for (int rank = ranks > 1; rank < ranks && !failed; rank++) {
        size_t count;
        struct trace_event *events = events_of(&accounts[rank], &count);
        char name[80];

        snprintf(name, sizeof name, "rank %d (%.40s)", rank, accounts[rank].host);
        failed = !events || tracefile_add(file, name, begin, events, count);
        free(events);
    }
    return tracefile_close(file) || failed ? -1 : 0;
}

int account_draw(const struct account accounts[], int ranks, int threads, int64_t begin,
                 int64_t length)
{
    struct terminal terminal = terminal_look(stdout);
    struct timeline timeline = {.stream = stdout,
                                .terminal = &terminal,
                                .label_width = 12,
                                .columns = 60,
                                .length = length > 0 ? length : 1,
                                .most_rows = threads < 9 ? threads : 9};
    int failed = 0;

    for (int rank = ranks > 1; rank < ranks && !failed; rank++)
        if (accounts[rank].tasks)
            failed = draw_rank(&timeline, &accounts[rank], rank, threads, begin);
    timeline_axis(&timeline);
    return fflush(stdout) ? -1 : failed;
}
