/* What the files of lab 07's suite share: 07-threads.c has the table and the tests of the sums,
 * 07-threads-map.c those of the engine. */
#ifndef LOCKSTEP_TESTS_THREADS_H
#define LOCKSTEP_TESTS_THREADS_H

void test_map(void);
void test_map_parallel(void);
void test_map_errors(void);

#endif
