#include "tests/suites/09-gil.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"misuse", 1, "misuse is refused, errno is kept", "gil_acquire", test_gil_misuse,
     {"With the mutex held you can see whether the lock is held, and by whom.",
      "EDEADLK if the holder takes the lock again, EPERM if a thread without it gives it back.",
      "Unlock the mutex before you return an error."}, NULL},
    {"exclusion", 2, "one thread at a time has the lock", "gil_acquire", test_gil_exclusion,
     {"A thread that takes the lock must have seen that it is free, with the mutex held.",
      "After a wait, look again whether the lock is free: while, not if."}, NULL},
    {"handovers", 1, "no wake-up is lost", "gil_release", test_gil_handovers,
     {"Only a thread that waits already is woken: change `locked` and signal under the mutex.",
      "Every release signals cond."}, NULL},
    {"drop-request", 2, "a waiter asks for the lock after the interval",
     "gil_acquire", test_gil_drop_request,
     {"pthread_cond_timedwait returns ETIMEDOUT when the time is up.",
      "Ask only if the time was up, the lock is still held, and no switch happened meanwhile.",
      "Whoever takes the lock takes the request back. Hangs? gil_release waits without `mutex`."}, NULL},
    {"forced", 2, "a thread that drops on request cannot snatch the lock back",
     "gil_release", test_gil_forced,
     {"Without forced switching the thread that dropped the lock has it before the other wakes up.",
      "After a requested drop, wait on switch_cond until another thread has taken the lock.",
      "Look at last_holder with switch_mutex held: it may have changed already."}, NULL},
    {"no-cpu", 1, "waiting costs no CPU time", "gil_acquire", test_gil_no_cpu,
     {"A loop that looks again and again burns a CPU: sleep on the condition variable."}, NULL},
    {"spurious", 1, "a wake-up without a reason does no harm", "gil_acquire", test_gil_spurious,
     {"pthread_cond_wait may return although nobody signalled.",
      "Wait in a loop: while (gil->locked)."}, NULL},
    {"counts", 1, "the counts are right", "gil_acquire", test_gil_counts,
     {"A switch is when the lock is taken by another thread than the one that had it last.",
      "A release is forced if a drop was requested, otherwise voluntary."}, NULL},
    {"ticks", 1, "computing tasks take turns", "gil_map_with", test_gil_ticks,
     {"Install the lock before the region and uninstall it after.",
      "A thread holds the lock (interp_attach) before it runs its first task."}, NULL},
    {"blocking", 1, "blocking tasks overlap, computing ones do not",
     "gil_map_with", test_gil_blocking,
     {"interp_blocking_begin releases the installed lock: is yours installed?",
      "errno must survive gil_acquire and gil_release."}, NULL},
    {"map", 1, "gil_map runs every task and keeps the order", "gil_map_with", test_gil_map,
     {"As thread_map, with interp_attach before the loop and interp_detach after it.",
      "Detach before the barrier at the end of the region: the loop needs nowait."}, NULL},
    {"map-errors", 1, "the error with the lowest index is reported",
     "gil_map_with", test_gil_map_errors,
     {"Only the holder of the lock looks at first_bad and error: the lock guards them.",
      "Uninstall the lock also after an error."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"09-gil", "gil.c", tests, sizeof tests / sizeof tests[0]};
