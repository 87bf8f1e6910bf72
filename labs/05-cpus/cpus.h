/* Lab 05: how many CPUs are there? Four answers, and the one to use. */
#ifndef LOCKSTEP_LABS_CPUS_H
#define LOCKSTEP_LABS_CPUS_H

/* How many CPUs are online in this machine (sysconf(3), _SC_NPROCESSORS_ONLN): 1 or more. Or -1
 * with errno. */
int cpus_online(void);

/* How many CPUs this process may run on (sched_getaffinity(2)), also on a machine with more than
 * 1024: 1 or more. Or -1 with errno. */
int cpus_allowed(void);

/* How much CPU time a control group gives, read from text, as a number of CPUs such as 0.5 or 2:
 * the quota divided by the period. INFINITY if there is no limit. NAN with errno EINVAL if a text
 * is NULL or does not have the form below: a period of 0 or text after the last number is no such
 * form. The newline may be missing.
 *
 * QUOTA and PERIOD are whole numbers above 0 in decimal digits, and there is a blank between them
 * or behind max. (A function may let more blanks or a plus sign before a number pass, and a
 * number of more than 18 digits, or refuse them; what it lets pass, it takes for what it says.)
 *
 * v2: the text of cpu.max, "QUOTA PERIOD\n" or "max PERIOD\n", both in microseconds.
 * v1: the texts of cpu.cfs_quota_us ("-1\n": no limit) and cpu.cfs_period_us.
 * Source: Linux, Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst. */
double quota_v2(const char *cpu_max);
double quota_v1(const char *cfs_quota_us, const char *cfs_period_us);

/* How many threads an OpenMP parallel region has here if it does not ask for a number. OpenMP's
 * settings stay as they are. */
int cpus_team(void);

/* How many workers that compute are worth having: the least of online, allowed and quota. Part of a
 * CPU counts as a whole one (0.5 is 1, 2.5 is 3), so the answer is never less than 1. Or -1 with
 * errno EINVAL if online or allowed is less than 1, or quota is NAN or not above 0. */
int cpus_to_use(int online, int allowed, double quota);

#endif
