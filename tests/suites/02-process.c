#include "tests/suites/02-process.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"results", 2, "process_map brings every result back to its place",
     "process_map", test_process_results,
     {"run_child: After fork two processes go on with the same code. Which lines are the child's?",
      "run_child: The child's last line is _exit. It comes before any return to start_next.",
      "run_child: Is it called in the child at all, where fork returns 0? Only the parent goes on.",
      "A child's write to out[] is lost with the child: its memory is a copy.",
      "Let the child write to memory from shared_alloc, made before the fork.",
      "After the last child is reaped, copy the shared results to out[]."}, NULL},
    {"new-process", 1, "every task runs in a new process", "start_next", test_process_new_process,
     {"run_child: The child must not come back: its last line is _exit, whatever the task did.",
      "One fork for each task.",
      "The child runs its one task and leaves with _exit."}, "results"},
    {"together", 1, "as many tasks as workers run at once, and never more",
     "process_map", test_process_together,
     {"If you wait for each child right after its fork, no two ever run at once.",
      "Fork until `workers` children are under way; only then wait for one.",
      "Keep the PIDs of the children under way, and count them."}, "results"},
    {"errors", 1, "bad arguments and failing tasks are reported",
     "process_map", test_process_errors,
     {"How does the parent learn what the task in a child returned?",
      "Let the child store the task's error beside its result.",
      "Reap in the order of the tasks, and keep the first error you come across."}, "results"},
    {"child-dies", 1, "a child that dies is ECHILD", "reap_oldest", test_process_child_dies,
     {"A child that died left something unset that a living one sets last.",
      "exit(0) in a task looks like success to waitpid; only the delivered result tells.",
      "When one died, kill the children left (not the one just reaped), and reap them all."},
     "results together"},
    {"fork-fails", 1, "a failing fork is reported, and what was begun is ended",
     "start_next", test_process_fork_fails,
     {"fork(2) returns -1 when the system has no process left to give.",
      "Start no more, but wait for the children that are there.",
      "Keep fork's errno until all is cleaned up."}, "results together new-process"},
    {"output-once", 1, "what is printed comes out once", "run_child", test_process_output_once,
     {"Text in a stdio buffer is copied by fork, and then two processes write it.",
      "fflush(NULL) before the fork, and in the child before it leaves.",
      "Leave the child with _exit(2): exit(3) runs the parent's atexit handlers."}, "results"},
    {"tidy", 1, "nothing is left behind after 200 calls", "process_map", test_process_tidy,
     {"Every child needs one waitpid, every shared_alloc one shared_free.",
      "Look at the path after an error, too.",
      "waitpid(-1, ...) reaps children that are not yours."}, "results"},
    {"signals", 1, "works while signals arrive", "reap_oldest", test_process_signals,
     {"A signal can interrupt waitpid: it returns -1 with errno EINTR.",
      "EINTR is no error: call waitpid again."}, "results"},
};
/* clang-format on */

const struct graded_suite graded_suite = {"02-process", "process_map.c", tests,
                                          sizeof tests / sizeof tests[0]};
