/* The same sum on several ranks of MPI, on one machine or on many: who computed what, and when.
 *
 *   make run LAB=14                                four ranks on this machine
 *   make run LAB=14 ARGS="--ranks 3 --threads 2"   a team of two threads in each
 *   make run LAB=14 ARGS="--how reduce"            a slice for each rank, and MPI_Reduce
 *   make run LAB=14 ARGS="--how scatter"           rank 0 has the numbers, and sends each its slice
 *   make run LAB=14 ARGS="--trace build/ranks.json"   who computed when, for ui.perfetto.dev
 *   make cluster NODES=4                           the same program on four machines
 *
 * Started by hand, `mpiexec -n 4 -hosts ... build/gcc/labs/14-cluster/cluster`, it runs wherever
 * mpiexec says, and takes no notice of --ranks. */
#include <errno.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "14-cluster/account.h"
#include "14-cluster/cluster.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/ranks.h"
#include "common/program/traced.h"

enum { MAP, REDUCE, SCATTER, MOST_RANKS = 256, MOST_SLICES = 100000, SCATTERED = 1000000 };

struct settings {
    int how, ranks, threads, picture, leave;
    long n, tasks;
    const char *trace;
};

/* What the ranks do together. */
struct work {
    const struct settings *settings;
    int rank, ranks;
    long sum, expected;
    int64_t begin, took, serial;
};

static long sum_to(long n)
{
    return n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1);
}

/* How long one process takes for it; before MPI begins, while the other ranks sleep. */
static int64_t measure_serial(const struct settings *settings)
{
    int64_t begin = clock_wall();
    long part;

    for (long i = 0; i < settings->tasks; i++)
        if (task_sum_slice(i, &part))
            return 0;
    return clock_wall() - begin;
}

/* Returns 0, or -1 with errno. */
static int map_on_rank_0(struct work *work)
{
    const size_t tasks = (size_t)work->settings->tasks;
    long *in = calloc(tasks, sizeof *in), *out = calloc(tasks, sizeof *out);
    int failed = -1;

    for (size_t i = 0; in && i < tasks; i++)
        in[i] = (long)i;
    work->begin = clock_wall();
    if (in && out)
        failed = cluster_map(account_task, in, out, tasks, work->ranks > 1 ? work->ranks - 1 : 1);
    work->took = clock_wall() - work->begin;
    for (size_t i = 0; out && !failed && i < tasks; i++)
        work->sum += out[i];
    free(in);
    free(out);
    return failed;
}

/* The other ranks are stopped even if the map has failed. */
static int map(struct work *work)
{
    int failed;

    if (work->rank != 0)
        return cluster_serve(work->settings->threads);
    failed = map_on_rank_0(work);
    cluster_stop();
    return failed;
}

static int scatter(struct work *work)
{
    long n = work->settings->n < SCATTERED ? work->settings->n : SCATTERED;
    long *numbers = work->rank == 0 ? calloc((size_t)n + 1, sizeof *numbers) : NULL;
    int failed;

    for (long i = 0; numbers && i < n; i++)
        numbers[i] = i;
    work->expected = sum_to(n);
    failed = cluster_sum_scatter(numbers, (size_t)n, &work->sum);
    free(numbers);
    return failed;
}

static int add_up(struct work *work)
{
    int failed;

    if (work->settings->how == MAP)
        return map(work);
    work->begin = clock_wall();
    failed = work->settings->how == REDUCE
                 ? cluster_sum_reduce(term_identity, work->settings->n, &work->sum)
                 : scatter(work);
    work->took = clock_wall() - work->begin;
    return failed;
}

/* On rank 0. Returns 0, or -1 if something cannot be printed, or is wrong. */
static int print(const struct work *work, const struct account accounts[])
{
    const struct settings *settings = work->settings;

    if (line_result(work->sum) || line_run_time(work->took))
        return -1;
    if (settings->how == MAP) {
        account_print(accounts, work->ranks);
        line_print("One process alone takes %.0f ms: the speedup is %.2f.",
                   (double)work->serial / NS_PER_MS, (double)work->serial / (double)work->took);
        if (settings->picture &&
            account_draw(accounts, work->ranks, settings->threads, work->begin, work->took))
            return -1;
        if (settings->trace && account_write(settings->trace, accounts, work->ranks, work->begin)) {
            fprintf(stderr, "--trace '%s': %s\n", settings->trace, strerror(errno));
            return -1;
        }
    }
    if (work->sum != work->expected)
        return line_print("Wrong: it should be %ld.", work->expected), -1;
    return 0;
}

/* What a rank does. Returns its exit status. */
static int be_rank(const struct settings *settings)
{
    struct work work = {.settings = settings, .expected = sum_to(settings->n)};
    task_fn *const tasks[] = {account_task};
    struct account *accounts = NULL;
    int failed;

    if (settings->how == MAP && ranks_first())
        work.serial = measure_serial(settings);
    account_start(task_sum_slice);
    if (cluster_start()) {
        perror("cluster_start");
        return EXIT_FAILURE;
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &work.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &work.ranks);
    jobs_set(tasks, 1);
    failed = add_up(&work);
    if (failed) {
        perror(work.rank == 0 ? "rank 0" : "a rank that serves");
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
    accounts = account_gather(work.rank, work.ranks);
    if (work.rank == 0)
        failed = !accounts || print(&work, accounts);
    free(accounts);
    /* Over TCP, MPICH 4.0 with UCX may never come back from MPI_Finalize: one rank still takes
     * leave of others, which hear nothing any more. */
    if (settings->leave) {
        MPI_Barrier(MPI_COMM_WORLD);
        _exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    MPI_Finalize();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static const char *const ways[] = {"map", "reduce", "scatter", NULL};
    struct settings settings = {MAP, 4, 1, 0, 0, 100000000, 32, NULL};
    const struct option_row rows[] = {
        {.name = "how",
         .help = "map, reduce or scatter (map)",
         .kind = OPTION_CHOICE,
         .target = &settings.how,
         .choices = ways},
        {.name = "ranks",
         .help = "how many processes to start, if nobody has started them (4)",
         .kind = OPTION_INT,
         .target = &settings.ranks,
         .min = 1,
         .max = MOST_RANKS},
        {.name = "threads",
         .help = "how many threads each rank's team has (1)",
         .kind = OPTION_INT,
         .target = &settings.threads,
         .min = 1,
         .max = MOST_RANKS},
        {.name = "tasks",
         .help = "in how many slices the sum is cut (32)",
         .kind = OPTION_LONG,
         .target = &settings.tasks,
         .min = 1,
         .max = MOST_SLICES},
        OPTION_ROW_N(&settings.n, "how many numbers: 0 .. n - 1 (100000000)", MOST_TERMS),
        {.name = "picture",
         .help = "draw who computed when",
         .kind = OPTION_FLAG,
         .target = &settings.picture},
        {.name = "leave",
         .help = "end without MPI_Finalize",
         .kind = OPTION_FLAG,
         .target = &settings.leave},
        OPTION_ROW_TRACE(&settings.trace),
    };
    char count[16];

    options_parse("Adds up numbers on several ranks of MPI.", rows, sizeof rows / sizeof rows[0],
                  argc, argv);
    if (settings.n < settings.tasks)
        settings.tasks = settings.n > 0 ? settings.n : 1;
    if (settings.how == MAP && tasks_plan_sum((struct sum_plan){settings.n, settings.tasks, 1})) {
        perror("the plan");
        return BAD_USAGE;
    }
    if (ranks_started())
        return be_rank(&settings);
    snprintf(count, sizeof count, "%d", settings.ranks);
    ranks_exec(count, (const char *const *)argv);
    perror("mpiexec (make setup MPI=1)");
    return EXIT_FAILURE;
}
