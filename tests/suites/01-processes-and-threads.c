#include "tests/suites/01-processes-and-threads.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"thread", 1, "work is done by a second thread", "run_in_thread", test_run_in_thread,
     {"A parallel region runs its code in every thread of the team: pick one by its number.",
      "omp_get_thread_num() is 0 for the calling thread and 1 for the second.",
      "Without a second thread nobody has number 1: how can you tell afterwards?"}, NULL},
    {"process", 1, "work is done by a child, and its end is understood",
     "run_in_process", test_run_in_process,
     {"fork, work, _exit in the child; waitpid in the parent.",
      "A child that calls exit(0) looks fine to waitpid: set a shared flag when the work is done.",
      "Flush before the fork, and in the child before _exit; EINTR means wait again."}, NULL},
    {"sharing", 1, "which writes come back", "sharing_look", test_sharing_look,
     {"Set all three to 0 before each look: an earlier one may have left a 1.",
      "Free the memory also if the run failed."}, NULL},
    {"cost", 1, "what one more worker costs", "worker_cost", test_worker_cost,
     {"The shortest of many runs is the one that nobody disturbed.",
      "Read the clock right before and right after the run."}, NULL},
    {"memory", 1, "what a process weighs", "private_kib", test_private_kib,
     {"Only lines that begin with Private_Clean: and Private_Dirty: count.",
      "sscanf returns how many values it could read."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"01-processes-and-threads", "sharing.c", tests,
                                          sizeof tests / sizeof tests[0]};
