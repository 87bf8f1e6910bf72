/* Where things are: what the judge writes and reads, below the folder OUT that it is given. */
#ifndef LOCKSTEP_JUDGE_PATHS_H
#define LOCKSTEP_JUDGE_PATHS_H

#include <limits.h>

#include "tests/judge/lab.h"

/* FOLDER/03-pool/suite: the program of a lab's tests. FOLDER is OUT, or that of the references. */
void path_of_suite(char path[PATH_MAX], const char *folder, const char *lab);

/* The program that builds a lab. OBJECTS is the folder of all objects. */
void path_of_builder(char path[PATH_MAX], const char *objects);

/* OUT/03-pool: the folder into which a lab is built; OUT/03-pool.sure if that is in doubt. */
void path_of_folder(char path[PATH_MAX], const char *out, const struct lab *lab, bool doubt);

/* OUT/03-pool.build: what the build of a lab printed. */
void path_of_build_output(char path[PATH_MAX], const char *out, const struct lab *lab, bool doubt);

/* OUT/03-pool/results.txt: what a test printed, on standard output and standard error. */
void path_of_test_output(char path[PATH_MAX], const char *out, const struct lab *lab,
                         const struct test *test);

#endif
