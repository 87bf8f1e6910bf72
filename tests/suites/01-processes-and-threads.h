/* The tests of lab 01's suite: 01-processes-and-threads.c has the table of them. */
#ifndef LOCKSTEP_SUITES_PROCESSES_AND_THREADS_H
#define LOCKSTEP_SUITES_PROCESSES_AND_THREADS_H

/* 01-processes-and-threads-thread.c: the second thread. */
void test_run_in_thread(void);

/* 01-processes-and-threads-process.c: the child. */
void test_run_in_process(void);

/* 01-processes-and-threads-caller.c: parts of test_run_in_process about what its caller has. */
void check_output(void);
void check_caller(void);

/* 01-processes-and-threads-sharing.c: which writes come back. */
void test_sharing_look(void);

/* 01-processes-and-threads-measure.c: what a worker costs, and what a process weighs. */
void test_worker_cost(void);
void test_private_kib(void);

#endif
