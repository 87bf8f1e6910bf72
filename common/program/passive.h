/* Measuring beside a team of OpenMP threads that has nothing to do. */
#ifndef LOCKSTEP_PROGRAM_PASSIVE_H
#define LOCKSTEP_PROGRAM_PASSIVE_H

/* Starts this program again with OMP_WAIT_POLICY=passive: a team that spins while it is idle would
 * eat the CPU time of what is measured next, and the OpenMP runtime reads its environment before main.
 * Call it first of all, with main's own argv. Returns if that variable is set, to whatever the user
 * wants, or if the program cannot be started again. */
void passive_restart(char **argv);

#endif
