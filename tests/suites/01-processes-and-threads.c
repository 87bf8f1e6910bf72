#include "tests/suites/01-processes-and-threads.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"thread", 1, "work is done by a second thread", "run_in_thread", test_run_in_thread,
     {"A parallel region runs its code in every thread of the team: pick one by its number.",
      "omp_get_thread_num() is 0 for the calling thread and 1 for the second.",
      "Without a second thread nobody has number 1: how can you tell afterwards?",
      "A variable declared before the region is shared; one declared in it is each thread's own."},
     NULL},
    {"process", 1, "work is done by a child, and its end is understood",
     "run_in_process", test_run_in_process,
     {"fork, work, _exit in the child; waitpid in the parent.",
      "A child that calls exit(0) looks fine to waitpid: set a shared flag when the work is done.",
      "Flush before the fork, and in the child before _exit; EINTR means wait again.",
      "fflush(NULL) flushes all streams, fflush(stdout) only one.",
      "Wait for the PID that fork has returned, and not at all if it has returned -1."}, NULL},
    {"sharing", 1, "which writes come back", "sharing_look", test_sharing_look,
     {"Set all three to 0 before each look: an earlier one may have left a 1.",
      "calloc sets memory to 0, malloc leaves in it what was there.",
      "Free the memory also if the run failed.",
      "Store in *sharing only when the run has succeeded."}, NULL},
    {"cost", 1, "what one more worker costs", "worker_cost", test_worker_cost,
     {"The shortest of many runs is the one that nobody disturbed.",
      "Read the clock right before and right after the run.",
      "Return as soon as a run fails: a later call could change errno.",
      "Begin with a time that every other is shorter than; 0 is a time, too."}, NULL},
    {"memory", 1, "what a process weighs", "private_kib", test_private_kib,
     {"Only lines that begin with Private_Clean: and Private_Dirty: count.",
      "sscanf returns how many values it could read.",
      "Begin with -1 in both: what is still -1 at the end was not there."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"01-processes-and-threads", "sharing.c", tests,
                                          sizeof tests / sizeof tests[0]};
