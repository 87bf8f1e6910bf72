/* The tests of lab 01's suite: 01-processes-and-threads.c has the table of them. */
#ifndef LOCKSTEP_SUITES_PROCESSES_AND_THREADS_H
#define LOCKSTEP_SUITES_PROCESSES_AND_THREADS_H

/* 01-processes-and-threads-run.c: who runs the work. */
void test_run_in_thread(void);
void test_run_in_process(void);

/* 01-processes-and-threads-sharing.c: which writes come back. */
void test_sharing_look(void);

/* 01-processes-and-threads-measure.c: what a worker costs, and what a process weighs. */
void test_worker_cost(void);
void test_private_kib(void);

#endif
