/* Program, process, thread: who is who here, whose writes are seen, and what a worker costs.
 *
 *   make run LAB=01
 *   make run LAB=01 ARGS="--repeats 1000" */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "01-processes-and-threads/sharing.h"
#include "common/lines.h"
#include "common/options.h"
#include "common/shared.h"

static void introduce(void *name)
{
    char program[256] = "?";

    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0)
        program[0] = '\0';
    line_print("%-18s program %s, PID %ld, TID %ld", (const char *)name,
               strrchr(program, '/') ? strrchr(program, '/') + 1 : program, (long)getpid(),
               (long)gettid());
}

/* Stores what the calling process weighs, in KiB, or -1. */
static void weigh(void *kib)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");

    if (!file || private_kib(file, kib))
        *(long *)kib = -1;
    if (file)
        fclose(file);
}

static const char *seen(bool yes)
{
    return yes ? "seen" : "not seen";
}

/* Prints a row of the table. Returns 0, or -1 and prints why. */
static int compare(const char *name, run_fn *run, int repeats, long *kib)
{
    struct sharing sharing;
    int64_t ns;

    *kib = -1;
    if (sharing_look(run, &sharing) || worker_cost(run, clock_wall, repeats, &ns) ||
        run(weigh, kib)) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        return -1;
    }
    return line_print("%-10s %-12s %-12s %-12s %8.1f us %8ld KiB", name, seen(sharing.global),
                      seen(sharing.heap), seen(sharing.shared), (double)ns / 1000, *kib);
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
    long *kib;

    options_parse("Threads and processes side by side.", rows, 1, argc, argv);
    kib = shared_alloc(1, sizeof *kib);
    if (!kib) {
        perror("shared_alloc");
        return EXIT_FAILURE;
    }
    introduce("this is the");
    if (run_in_process(introduce, "a child is another") ||
        run_in_thread(introduce, "a thread, the same")) {
        perror("run_in_process, run_in_thread");
        return EXIT_FAILURE;
    }
    line_print("\n%-10s %-12s %-12s %-12s %11s %12s", "worker", "global", "heap", "shared", "cost",
               "its own");
    if (compare("process", run_in_process, repeats, kib) ||
        compare("thread", run_in_thread, repeats, kib))
        return EXIT_FAILURE;
    line_print(
        "\nA worker's writes to three kinds of memory: does its caller see them?\n"
        "Cost: the shortest time to make a worker and to wait for it. (OpenMP keeps its threads\n"
        "and uses them again.) Its own: memory of the worker's process that no other shares.");
    shared_free(kib);
    return EXIT_SUCCESS;
}
