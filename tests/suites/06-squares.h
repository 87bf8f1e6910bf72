/* What the files of lab 06's suite share: 06-squares.c has the table and the tests of five
 * processes at work, 06-squares-faults.c those of what can go wrong. */
#ifndef LOCKSTEP_TESTS_SQUARES_H
#define LOCKSTEP_TESTS_SQUARES_H

#include "06-squares/squares.h"

typedef int squares_fn(const long values[], long squares[], size_t n, int output, delay_fn *delay);

enum { N = 5 };
extern const long values[N]; /* 1 .. N */

/* A file that children write to and the test reads afterwards; read_output closes it. */
int open_output(void);
void read_output(int output, char text[], size_t size);

/* Begins a test: squares one value. */
void begin(const char *name, squares_fn *squares_of);

/* What the caller has printed and not yet written out must come out once. */
void check_stdio(const char *name, squares_fn *squares_of);

void test_bytes(void);
void test_child_dies(void);
void test_overflow(void);
void test_tidy(void);

#endif
