/* Program, process, thread: which is which, whose writes the caller sees, what a worker costs.
 *
 *   make run LAB=01
 *   make run LAB=01 ARGS="--repeats 1000" */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "01-processes-and-threads/sharing.h"
#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/passive.h"
#include "common/shared.h"
#include "common/program/team.h"

static void introduce(void *name)
{
    char program[256] = "?";

    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0)
        program[0] = '\0';
    line_print("%-*s program %s, PID %ld, TID %ld", columns_field(18, tr(name)), tr(name),
               strrchr(program, '/') ? strrchr(program, '/') + 1 : program, (long)getpid(),
               (long)gettid());
}

/* The caller's data. A worker writes to it, so a process gets its own copy. */
enum { DATA_KIB = 4096 };
static char data[DATA_KIB * 1024];

/* Stores what the calling process weighs, in KiB, or -1. */
static void weigh(void *kib)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");

    if (!file || private_kib(file, kib))
        *(long *)kib = -1;
    if (file)
        fclose(file);
}

static void write_and_weigh(void *kib)
{
    memset(data, 2, sizeof data);
    weigh(kib);
}

static const char *seen(bool yes)
{
    return yes ? tr("seen") : tr("not seen");
}

/* Prints a row of the table. `before` is what the worker's process weighed without the worker.
 * Returns 0, or -1 and prints why. */
static int compare(const char *name, run_fn *run, int repeats, long before, long *kib)
{
    struct sharing sharing;
    int64_t first, shortest;

    if (worker_cost(run, clock_wall, 1, &first) ||
        worker_cost(run, clock_wall, repeats, &shortest) || sharing_look(run, &sharing) ||
        run(write_and_weigh, kib)) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        return -1;
    }
    return line_print("%-*s %-*s %-*s %-*s %8.1f us %8.1f us %6ld KiB", columns_field(8, tr(name)),
                      tr(name), columns_field(10, seen(sharing.global)), seen(sharing.global),
                      columns_field(10, seen(sharing.heap)), seen(sharing.heap),
                      columns_field(10, seen(sharing.shared)), seen(sharing.shared),
                      (double)first / 1000, (double)shortest / 1000,
                      *kib < 0 || before < 0 ? -1 : *kib - before);
}

int main(int argc, char **argv)
{
    int repeats = 100;
    const struct option_row rows[] = {{.name = "repeats",
                                       .help = "how often each worker is made (100)",
                                       .kind = OPTION_INT,
                                       .target = &repeats,
                                       .min = 1,
                                       .max = 1000000}};
    long *kib, before = -1;

    passive_restart(argv);
    options_parse("Threads and processes side by side.", rows, 1, argc, argv);
    team_warn(2);
    kib = shared_alloc(1, sizeof *kib);
    if (!kib) {
        perror("shared_alloc");
        return EXIT_FAILURE;
    }
    memset(data, 1, sizeof data);
    line_print("worker   global     heap       shared       the first    the next     weight");
    if (compare(TR_LATER("process"), run_in_process, repeats, 0, kib))
        return EXIT_FAILURE;
    weigh(&before);
    if (compare(TR_LATER("thread"), run_in_thread, repeats, before, kib))
        return EXIT_FAILURE;
    line_print(
        "\nglobal, heap, shared: does the caller see what a worker writes there?\n"
        "the first, the next: how long it takes to make a worker and to wait for it; the next is\n"
        "  the shortest of %d. (OpenMP keeps its threads and uses them again.)\n"
        "weight: the memory of a worker that has written to %d KiB of its caller's data.\n",
        repeats, DATA_KIB);
    introduce("this is the");
    if (run_in_process(introduce, "a child is another") ||
        run_in_thread(introduce, "a thread, the same")) {
        perror("run_in_process, run_in_thread");
        return EXIT_FAILURE;
    }
    shared_free(kib);
    return EXIT_SUCCESS;
}
