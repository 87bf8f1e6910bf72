/* How far a program is, on standard error: one line that overwrites itself where a person is
 * watching, one plain line for each phase elsewhere (a log). */
#ifndef LOCKSTEP_PROGRAM_PROGRESS_H
#define LOCKSTEP_PROGRAM_PROGRESS_H

/* Shows "phase: detail". `detail` is printf's format; what does not fit into 79 columns is cut
 * off. ASCII only. */
__attribute__((format(printf, 2, 3))) void progress_show(const char *phase, const char *detail,
                                                         ...);

/* Wipes the line away. Call it before anything else is printed to the terminal. */
void progress_clear(void);

#endif
