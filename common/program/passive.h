/* Measuring beside a team of OpenMP threads that has nothing to do. */
#ifndef LOCKSTEP_PROGRAM_PASSIVE_H
#define LOCKSTEP_PROGRAM_PASSIVE_H

/* Starts this program again with OMP_WAIT_POLICY=passive. Otherwise a team that is idle may spin,
 * and take CPU time from what is measured next. (The OpenMP runtime reads its environment before
 * main, so setting the variable there is too late.) Call it first in main, with main's own argv.
 * Returns if the user has set that variable, or if the program cannot be started again. */
void passive_restart(char **argv);

#endif
