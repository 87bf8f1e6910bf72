#include "tests/suites/05-cpus.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"online", 1, "how many CPUs are online", "cpus_online", test_cpus_online,
     {"sysconf(3) knows many numbers: this one is called _SC_NPROCESSORS_ONLN."}, NULL},
    {"allowed", 1, "how many CPUs this process may use", "cpus_allowed", test_cpus_allowed,
     {"taskset changes what sched_getaffinity(2) tells, but not what is online.",
      "Count the mask with CPU_COUNT_S, with the size that you gave the call.",
      "EINVAL means that the mask was too small: free it, and try again with twice the room."}, NULL},
    {"quota", 1, "how much CPU time a control group gives", "quota_v2", test_quota,
     {"A quota of 50000 in a period of 100000 is half a CPU.",
      "\"max\" in version 2 and -1 in version 1 mean that there is no limit: INFINITY.",
      "A text that is not in the form is NAN: look also at what comes after each number."}, NULL},
    {"team", 1, "how many threads OpenMP uses", "cpus_team", test_cpus_team,
     {"Outside a parallel region omp_get_num_threads() is always 1.",
      "#pragma omp parallel, and in it #pragma omp single."}, NULL},
    {"to-use", 1, "the number to use", "cpus_to_use", test_cpus_to_use,
     {"The least of the three.",
      "Half a CPU still needs one worker: round the quota up.",
      "Compare before you convert: (int)INFINITY is undefined."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"05-cpus", "cpus.c", tests,
                                          sizeof tests / sizeof tests[0]};
