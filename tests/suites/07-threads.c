#include "tests/suites/07-threads.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"critical", 2, "sum_critical loses no addition", "sum_critical", test_sum_critical,
     {"Only the addition goes into the critical construct; the call of term stays outside.",
      "#pragma omp critical before the one statement that adds.",
      "Store term(i) in a variable of the loop body, then add that variable.",
      "A flag of your own is no lock: two threads can find it down before either puts it up."},
     NULL},
    {"atomic", 2, "sum_atomic loses no addition", "sum_atomic", test_sum_atomic,
     {"An atomic construct guards one update of one variable.",
      "#pragma omp atomic update, then total += value.",
      "A read in one step and a write in one step are two steps: others may add in between."},
     NULL},
    {"reduction", 2, "sum_reduction loses no addition", "sum_reduction", test_sum_reduction,
     {"A reduction gives each thread a private total.",
      "reduction(+ : total) on the parallel for.",
      "Read the total after the region: only then have all threads added theirs."}, NULL},
    {"locked", 2, "under one lock only one thread computes", "sum_locked", test_sum_locked,
     {"Take the lock before the first term and drop it after the last.",
      "The lock must be held while terms are worked out, as an interpreter's would be.",
      "A for construct ends with a barrier; a thread that waits there keeps the lock: nowait."},
     NULL},
    {"locked-coarse", 1, "each thread takes the lock once", "sum_locked", test_sum_locked_coarse,
     {"A parallel region with a for construct inside: take the lock before the loop.",
      "At the end of the for construct there is a barrier: nowait takes it away.",
      "A thread that waits at a barrier while it holds the lock stops all others for ever."},
     "locked"},
    {"map", 2, "thread_map runs every task and keeps the order", "thread_map", test_thread_map,
     {"Each iteration of a parallel for runs one task: out[i] is its own place.",
      "For n == 0 make no team.",
      "The team may be smaller than you asked for: share the tasks among those who are there."},
     NULL},
    {"map-parallel", 2, "a task goes to the next thread that is free",
     "thread_map", test_thread_map_parallel,
     {"num_threads takes min(n, workers).",
      "schedule(static) gives each thread its share in advance.",
      "schedule(dynamic) hands out iterations one by one."}, "map"},
    {"map-errors", 2, "the error with the lowest index is reported",
     "thread_map", test_thread_map_errors,
     {"Several tasks may fail: remember the lowest index, not the latest.",
      "The index and its error belong together: change both in one critical construct.",
      "A task may be skipped only if its index is above the lowest that failed.",
      "Each thread has an errno of its own: set the caller's after the region."}, "map"},
};
/* clang-format on */

const struct graded_suite graded_suite = {"07-threads", "thread_map.c", tests,
                                          sizeof tests / sizeof tests[0]};
