/* What is graded, and by which tree. */
#ifndef LOCKSTEP_JUDGE_SUBJECT_H
#define LOCKSTEP_JUDGE_SUBJECT_H

#include <stdbool.h>

#include "tests/judge/grade.h"

/* Reads the labs that `names` holds, with commas between, as the table of labs describes them, into
 * grading->labs. Returns 0, or -1 and prints why. Both table and labs are the caller's to free. */
int subject_read(struct grading *grading, const char *names);

/* Leaves only the tests that `names` holds, with commas between, to be run; the others are "not
 * run". Returns 0; or -1 and prints the name of a test that no lab to grade has. */
int subject_choose_tests(struct grading *grading, const char *names);

/* Is there such a folder of answers? Returns 0; or -1 and prints what is there instead: nobody has
 * handed in nothing because a path was mistyped. */
int subject_check_folder(const char *src);

/* The folder of what builds if anything does: the solutions; in a student's tree, the skeletons as
 * they were in the beginning. */
const char *subject_sure(void);

/* Is the reference's source in this tree? In a student's it comes after the deadline. */
bool subject_reference_is_here(const char *lab);

/* The version of this tree, which the caller frees; NULL: not known. `known` is what the caller
 * knows of it, or NULL: asking git takes as long as a small build. */
char *subject_version(const char *known);

#endif
