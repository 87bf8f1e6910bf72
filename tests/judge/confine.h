/* The steps by which a process in the sandbox gives up what it does not need. tests/judge/sandbox.c
 * says in which order, and why. */
#ifndef LOCKSTEP_JUDGE_CONFINE_H
#define LOCKSTEP_JUDGE_CONFINE_H

#include "tests/judge/sandbox.h"

/* Ignored and blocked signals are inherited over exec: none is from now on. */
void confine_reset_signals(void);

/* Makes root an ordinary user for good, where there is another user that it can become. Any other
 * user stays who he is. */
void confine_become_nobody(void);

/* Gives up root's rights for good, whoever the user is: exec does not bring them back. */
void confine_drop_capabilities(void);

/* Gives the calling process a user namespace, in which it keeps its user's number, and new mount,
 * IPC and network namespaces. Its next child is the first process of a new PID namespace. Returns
 * 0; or -1 with errno. */
int confine_enter_namespaces(void);

/* For the first process of the namespaces: its loopback device, which nobody else can reach, is up
 * from now on. */
void confine_raise_loopback(void);

/* For the first process of the PID namespace: gives it a /proc of its own, nothing in the folders
 * that are to be hidden, nothing writable except fresh temporary folders, no further namespaces,
 * and 64 MB in segments of System V. A container may refuse some of these steps; then the others
 * are still worth having, except that nothing is hidden or made read-only where there can be no
 * fresh temporary folder. `program` is opened again if that is possible, so that /proc/self/exe,
 * too, leads to something read-only. */
void confine_arrange_mounts(const struct sandbox *sandbox, int program);

/* Sets the limits that the program is to live with. A hard limit of the caller's that is lower
 * stays. */
void confine_set_limits(const struct sandbox *sandbox);

#endif
