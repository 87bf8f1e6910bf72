/* The tests of lab 05's suite: 05-cpus.c has the table of them. */
#ifndef LOCKSTEP_SUITES_CPUS_H
#define LOCKSTEP_SUITES_CPUS_H

/* 05-cpus-system.c: what the system says. */
void test_cpus_online(void);
void test_cpus_allowed(void);

/* 05-cpus-team.c: what the OpenMP runtime says. */
void test_cpus_team(void);

/* 05-cpus-numbers.c: what follows from that. */
void test_quota(void);
void test_cpus_to_use(void);

#endif
