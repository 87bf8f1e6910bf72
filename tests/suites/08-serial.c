#include "tests/suites/08-serial.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"map", 2, "serial_map runs every task and keeps the order", "serial_map", test_serial_map,
     {"serial_map is one loop: task(in[i], &out[i]) for each i.",
      "What does a task return? 0 means that all went well.",
      "For n == 0 there is nothing to do, and that is a success.",
      "An array such as long copy[n] lies on the stack, which holds a few MiB: store at out[i]."},
     NULL},
    {"map-errors", 2, "serial_map refuses bad arguments and stops at an error",
     "serial_map", test_serial_map_errors,
     {"map_args_ok in common/map.h knows which arguments are bad.",
      "A task returns its error; the engine puts it into errno and returns -1.",
      "if (!map_args_ok(...)) { errno = EINVAL; return -1; }"}, NULL},
    {"sum", 1, "serial_sum adds up the terms", "serial_sum", test_serial_sum,
     {"Add up term(0) ... term(n - 1) in a long.",
      "Only write to *sum when nothing can fail any more."}, NULL},
    {"stopwatch-runs", 1, "stopwatch warms up, repeats and keeps the shortest run",
     "stopwatch", test_stopwatch_runs,
     {"Warm-ups run without a look at the clock.",
      "Read the clock right before and right after each timed run, and nowhere else.",
      "stopwatch: malloc and calloc return NULL when there is no memory left: that is ENOMEM."},
     NULL},
    {"stopwatch-median", 2, "stopwatch finds the median", "stopwatch", test_stopwatch_median,
     {"Sort the lengths first: qsort(3) and by_length.",
      "Of an even number of runs, take the mean of the two in the middle.",
      "(lengths[(n - 1) / 2] + lengths[n / 2]) / 2 is right for odd and even n.",
      "An array such as int64_t lengths[repeats] lies on the stack, which is small: malloc(3)."},
     NULL},
    {"speedup", 1, "speedup and efficiency", "speedup", test_speedup,
     {"Speedup: the serial time over the parallel time.",
      "Efficiency: the speedup over the number of workers."}, NULL},
    {"karp-flatt", 1, "the Karp-Flatt serial fraction", "karp_flatt", test_karp_flatt,
     {"The formula is in serial.h.",
      "1 / workers of two ints is 0 in C: write 1.0 / workers."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"08-serial", "serial.c", tests,
                                          sizeof tests / sizeof tests[0]};
