#include "tests/suites/04-fifth-powers.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"power", 1, "the fifth power", "fifth_power", test_power,
     {"Multiply by `in` five times, beginning with 1."}, NULL},
    {"overflow", 2, "a power that does not fit is ERANGE", "fifth_power", test_power_overflow,
     {"Look before you multiply: after an overflow it is too late.",
      "__builtin_mul_overflow(a, b, &product) returns true if the product does not fit.",
      "Work in a variable of your own; write to *out at the end."}, "power"},
    {"single", 1, "single_pool runs every task in order", "single_pool", test_single_pool,
     {"It is lab 08's loop: run the task on each in[i], stop at the first error.",
      "A task returns its error; put it into errno and return -1.",
      "An array such as long copy[n] lies on the stack, which holds a few MiB: store at out[i]."},
     NULL},
    {"single-here", 1, "single_pool runs in the calling process",
     "single_pool", test_single_pool_here,
     {"No fork, no pool: one process."}, "single"},
    {"multi", 1, "multi_pool runs every task", "multi_pool", test_multi_pool,
     {"pool_open, pool_map, pool_close: see 03-pool/pool.h.",
      "pool_open wants a capacity of 1 or more: n == 0 needs no pool.",
      "pool_open wants room for as many tasks as there are: n.",
      "An array such as long copy[n] lies on the stack, which holds a few MiB: store at out[i].",
      "Look at the arguments first, with map_args_ok, also if n is 0.",
      "pool_close may change errno: keep the map's error, whichever it is."}, NULL},
    {"multi-workers", 1, "multi_pool uses as many workers as asked for",
     "multi_pool", test_multi_pool_workers,
     {"Hand `workers` on to pool_open.",
      "Chunk 0 lets the pool choose: 12 tasks for 6 workers are chunks of 1, 48 for 2 chunks of 6.",
      "As many workers as asked for, even if there are fewer tasks; none for no tasks."}, "multi"},
    {"multi-tidy", 1, "nothing is left behind", "multi_pool", test_multi_pool_tidy,
     {"Every pool that was opened is closed, also when the map failed."}, "multi"},
    {"list", 1, "the list is printed as Python prints it", "list_format", test_list,
     {"A comma and a blank between two numbers, none after the last.", "No numbers: []."}, NULL},
    {"list-cut", 1, "a list that is too long is cut off safely", "list_format", test_list_cut,
     {"snprintf returns the length that the text would have, even if it had to cut it off.",
      "Write only while the length so far is less than `size`.",
      "size - length must not go below 0: it is unsigned."}, "list"},
};
/* clang-format on */

const struct graded_suite graded_suite = {"04-fifth-powers", "powers.c", tests,
                                          sizeof tests / sizeof tests[0]};
