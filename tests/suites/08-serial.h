/* The tests of lab 08's suite: 08-serial.c has the table of them. */
#ifndef LOCKSTEP_SUITES_SERIAL_H
#define LOCKSTEP_SUITES_SERIAL_H

/* 08-serial-map.c: tasks, one after the other. */
void test_serial_map(void);
void test_serial_map_errors(void);

/* 08-serial-sum.c: terms. */
void test_serial_sum(void);

/* 08-serial-measure.c: the stopwatch. */
void test_stopwatch_runs(void);
void test_stopwatch_median(void);

/* 08-serial-orders.c: a part of these tests: in whatever order short and long runs come, the
 * minimum is right, or the median. */
enum serial_part { SERIAL_MIN, SERIAL_MEDIAN };
void serial_try_orders(enum serial_part part);

/* 08-serial-heap.c: a part of these tests: stopwatch frees all that it allocates. */
void serial_try_heap(void);

/* 08-serial-ratios.c: what follows from what it read. */
void test_speedup(void);
void test_karp_flatt(void);

/* 08-serial-inside.c: parts of these tests: a task, a term or work calls the function that called
 * it. */
void serial_try_map_in_map(void);
void serial_try_sum_in_sum(void);
void serial_try_watch_in_watch(void);

#endif
