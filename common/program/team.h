/* What OpenMP's settings allow. */
#ifndef LOCKSTEP_PROGRAM_TEAM_H
#define LOCKSTEP_PROGRAM_TEAM_H

/* Warns on standard error, in one line, if OpenMP's settings allow a team of fewer than `threads`
 * threads (OMP_THREAD_LIMIT, OMP_DYNAMIC). Figures of a smaller team would otherwise be taken for
 * figures of `threads` threads. */
void team_warn(int threads);

#endif
