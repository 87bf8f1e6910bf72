#include "tests/suites/06-squares.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"one-by-one", 1, "one by one: names, lines and squares",
     "squares_one_by_one", test_squares_one_by_one,
     {"Start a child, finish it, start the next.",
      "The name counts from 1: Process-1 prints the square of values[0].",
      "The square travels through the pipe: the child's variables are copies."}, NULL},
    {"together", 2, "together: names, lines and squares",
     "squares_together", test_squares_together,
     {"Keep PID and pipe of every child in an array.",
      "Each child prints its three lines with one write, so that blocks never mix."}, NULL},
    {"at-once", 2, "one by one is one at a time, together is all at once",
     "squares_together", test_squares_at_once,
     {"If each child is waited for before the next one starts, nothing runs together.",
      "Two loops: the first starts all, the second finishes all."}, NULL},
    {"bytes", 1, "write_all and read_all do all of it", "write_all", test_squares_bytes,
     {"write(2) and read(2) return how much they did: it may be less than you asked for.",
      "Go on from where they stopped. EINTR means try again.",
      "read returns 0 at the end: if something is missing then, it is EPIPE."}, NULL},
    {"short", 1, "it works with short reads, short writes and EINTR",
     "finish", test_squares_short,
     {"Send and receive with write_all and read_all, and nothing else.",
      "waitpid, too, can be interrupted: EINTR means try again."}, NULL},
    {"child-dies", 1, "a child that dies is ECHILD", "finish", test_squares_child_dies,
     {"A child that died sends nothing: read_all sees the end of the pipe.",
      "The pipe ends only when nobody has its writing end: close it in the parent.",
      "Finish the other children, too."}, NULL},
    {"overflow", 1, "a child's own errors come back: ERANGE, and write's",
     "run_child", test_squares_overflow,
     {"__builtin_mul_overflow tells whether a product fits.",
      "Send the error through the pipe, beside the square."}, NULL},
    {"tidy", 1, "nothing is left behind, also if fork fails", "start", test_squares_tidy,
     {"Each child has a pipe: two ends in the parent, two in the child, all closed at the end.",
      "If fork fails, close both ends of its pipe, and finish the children that are there."}, NULL},
};
/* clang-format on */

const struct graded_suite graded_suite = {"06-squares", "squares.c", tests,
                                          sizeof tests / sizeof tests[0]};
