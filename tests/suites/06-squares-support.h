/* What the tests of lab 06 share. All of it runs in the test's own process. */
#ifndef LOCKSTEP_SUITES_SQUARES_SUPPORT_H
#define LOCKSTEP_SUITES_SQUARES_SUPPORT_H

#include "06-squares/squares.h"

/* squares_one_by_one or squares_together. */
typedef int squares_fn(const long values[], long squares[], size_t n, int output, delay_fn *delay);

enum { SQUARES_N = 5 };
extern const long squares_values[SQUARES_N]; /* 1 .. SQUARES_N */

/* A file that children write to and the test reads afterwards. squares_read_output closes it. */
int squares_open_output(void);
void squares_read_output(int output, char text[], size_t size);

/* Begins a test: squares one value. */
void squares_begin(const char *name, squares_fn *squares_of);

/* Squares 1 and 2 with the function chosen last, and returns what it returned: for helpers that
 * call a function without arguments. Fails the test if it claims to have succeeded, and has not. */
void squares_choose(squares_fn *squares_of);
int squares_of_two(void);

#endif
