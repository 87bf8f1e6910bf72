/* Lab 05: how many CPUs are there? Four answers, and the one to use. */
#ifndef LOCKSTEP_LABS_CPUS_H
#define LOCKSTEP_LABS_CPUS_H

/* CPUs that are online in this machine (sysconf(3), _SC_NPROCESSORS_ONLN). 1 or more; -1 with errno. */
int cpus_online(void);

/* CPUs that this process may run on (sched_getaffinity(2)), also on a machine with more than 1024.
 * 1 or more; -1 with errno. */
int cpus_allowed(void);

/* How many CPUs' worth of time a control group gives, read from text, as a number of CPUs such as 0.5
 * or 2. INFINITY if there is no limit; NAN with errno EINVAL if the text is not in the form (also
 * NULL, a period of 0, something behind the number).
 *
 * v2: the text of cpu.max, "QUOTA PERIOD\n" or "max PERIOD\n", both in microseconds.
 * v1: the texts of cpu.cfs_quota_us ("-1\n": no limit) and cpu.cfs_period_us.
 * Source: Linux, Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst. */
double quota_v2(const char *cpu_max);
double quota_v1(const char *cfs_quota_us, const char *cfs_period_us);

/* Threads in the team that an OpenMP parallel region gets here if it asks for no number. */
int cpus_team(void);

/* How many workers that compute are worth having: as many as are online, allowed and given by the
 * quota, whichever is least; a part of a CPU counts as one (0.5 is 1, 2.5 is 3). Never less than 1.
 * -1 with errno EINVAL if online or allowed is less than 1, or quota is NAN or not above 0. */
int cpus_to_use(int online, int allowed, double quota);

#endif
