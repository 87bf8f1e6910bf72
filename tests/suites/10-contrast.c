#include "tests/suites/10-contrast.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"rounds", 1, "rounds are interleaved over the engines", "contrast_run", test_contrast_rounds,
     {"The outer loop goes over rounds, the inner one over engines.",
      "Call plan->progress (if there is one) before each run."}, NULL},
    {"best", 1, "the quickest round is kept", "run_once", test_contrast_best,
     {"Wall time, CPU time and count belong together: keep those of the same round.",
      "INT64_MAX to begin with: any round is quicker."}, "rounds"},
    {"speedup", 1, "speedups over the first engine", "conclude", test_contrast_speedup,
     {"The first engine's best time over this engine's best time, once all rounds are done."},
     "rounds best"},
    {"agrees", 1, "every round's results are compared", "contrast_run", test_contrast_agrees,
     {"Keep a copy of the first engine's results of its first round.",
      "Overwrite all results before each run: old ones must not count."}, "rounds best"},
    {"failures", 1, "bad arguments and failing engines", "contrast_run", test_contrast_failures,
     {"An engine that failed once is not run again; the others are.",
      "If the first engine failed, nobody agrees.",
      "contrast_run: malloc and calloc return NULL when there is no memory left: that is ENOMEM.",
      "contrast_run: an array such as long got[plan->n] lies on the stack, which is small."},
     "rounds best speedup agrees"},
};
/* clang-format on */

const struct graded_suite graded_suite = {"10-contrast", "contrast.c", tests,
                                          sizeof tests / sizeof tests[0]};
