/* Shows on standard error how far a program is. On a terminal that is one line which overwrites
 * itself; elsewhere (a log) it is one plain line for each phase. */
#ifndef LOCKSTEP_PROGRAM_PROGRESS_H
#define LOCKSTEP_PROGRAM_PROGRESS_H

/* Shows "phase: detail". `detail` is a format as printf's. The line is cut off after 79 columns.
 * ASCII only. */
__attribute__((format(printf, 2, 3))) void progress_show(const char *phase, const char *detail,
                                                         ...);

/* Wipes the line away. Call it before anything else is printed to the terminal. */
void progress_clear(void);

#endif
