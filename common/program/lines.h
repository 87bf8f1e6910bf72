/* The lines that the programs print. Each is one write to standard output, so that lines of
 * several processes never mix and nothing is left in a buffer that fork would copy. */
#ifndef LOCKSTEP_PROGRAM_LINES_H
#define LOCKSTEP_PROGRAM_LINES_H

#include <stdint.h>

/* Prints one line of at most 511 bytes. printf's format, without the newline at its end. Returns
 * 0, or -1 with errno: that of write(2), or EIO if only a part of the line was written. */
__attribute__((format(printf, 1, 2))) int line_print(const char *format, ...);

/* time : 2021-09-13 15:41:09.901218 value :3 PID : 10288 */
int line_task(long value);

/* ***run time(sec) : 1   (whole seconds; below one second with milliseconds; rounded down) */
int line_run_time(int64_t ns);

/* Number of Core : 6     (the CPUs that this process may use) */
int line_cores(void);

/* Result: 4999999950000000 */
int line_result(long result);

/* A task_fn (common/map.h) that prints its line_task and then blocks for as long as
 * line_set_task_ms said, before any worker was made (1000 ms if it never did). Returns `in`. */
int task_line_then_wait(long in, long *out);
void line_set_task_ms(long ms);

#endif
