/* What this machine is, as far as a program needs to know or to print. */
#ifndef LOCKSTEP_PROGRAM_MACHINE_H
#define LOCKSTEP_PROGRAM_MACHINE_H

#include <stddef.h>

/* The CPUs that this process may run on (its affinity mask); 1 if /proc does not say. It knows
 * nothing of a container's quota. */
int machine_cpus(void);

/* How many CPUs a list of the kernel's names: 5 for "0-3,8". */
int machine_count_list(const char *list);

/* The processor's name as the kernel gives it, or "unknown processor". */
void machine_model(char *name, size_t size);

#endif
