#include "tests/suites/05-cpus.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"online", 1, "how many CPUs are online", "cpus_online", test_cpus_online,
     {"sysconf(3) knows many numbers: this one is called _SC_NPROCESSORS_ONLN.",
      "OpenMP and the mask of this process know about other numbers."}, NULL},
    {"allowed", 1, "how many CPUs this process may use", "cpus_allowed", test_cpus_allowed,
     {"taskset changes what sched_getaffinity(2) tells, but not what is online.",
      "Count the mask with CPU_COUNT_S, with the size that you gave the call.",
      "EINVAL means that the mask was too small: free it, and try again with twice the room.",
      "CPU_ALLOC returns NULL if there is no memory."}, NULL},
    {"quota", 1, "how much CPU time a control group gives", "quota_v2", test_quota,
     {"A quota of 50000 in a period of 100000 is half a CPU.",
      "quota_v2: \"max\" in place of the quota means that there is no limit: INFINITY.",
      "quota_v2: Look at what comes after each number: one blank, then a newline or the end.",
      "quota_v1: A quota of -1, and of no other negative number, is no limit: INFINITY.",
      "quota_v1: Look at what comes after each of the two numbers: a newline or the end.",
      "A text that is not in the form is NAN with EINVAL; so is NULL, and a period of 0."}, NULL},
    {"team", 1, "how many threads OpenMP uses", "cpus_team", test_cpus_team,
     {"Outside a parallel region omp_get_num_threads() is always 1.",
      "#pragma omp parallel, and in it #pragma omp single.",
      "If several threads write one variable, what one has written is lost."}, NULL},
    {"to-use", 1, "the number to use", "cpus_to_use", test_cpus_to_use,
     {"The least of the three.",
      "Half a CPU still needs one worker: round the quota up.",
      "Compare before you convert: (int)INFINITY is undefined."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"05-cpus", "cpus.c", tests,
                                          sizeof tests / sizeof tests[0]};
