/* What OpenMP's settings allow. */
#ifndef LOCKSTEP_PROGRAM_TEAM_H
#define LOCKSTEP_PROGRAM_TEAM_H

/* Says on standard error, in one line, if settings of OpenMP allow a team of fewer than `threads`
 * threads (OMP_THREAD_LIMIT does, and OMP_DYNAMIC may): else what fewer threads do would be taken
 * for what so many do. */
void team_warn(int threads);

#endif
