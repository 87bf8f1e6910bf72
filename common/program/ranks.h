/* Starting a program as several ranks of MPI, by the mpiexec of the library that it is linked with:
 * MPICH's, or Open MPI's. */
#ifndef LOCKSTEP_COMMON_RANKS_H
#define LOCKSTEP_COMMON_RANKS_H

#include <stdbool.h>

/* True if this process is a rank already: mpiexec, or a machine's own launcher, has started it. */
bool ranks_started(void);

/* True if it is the first of them, rank 0. */
bool ranks_first(void);

/* Makes the calling process an mpiexec that starts so many ranks on this machine: of the program
 * words[0] with these words, which end with NULL. Returns only if that fails, with errno. */
void ranks_exec(const char *count, const char *const words[]);

#endif
