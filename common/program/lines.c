#include "common/program/lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/tasks.h"

/* Written before workers are made; children copy it. */
static long task_ms = 1000;

/* One write, and no second one for a rest: another process's line might come between. A line is
 * shorter than PIPE_BUF, so a pipe takes all of it or nothing. */
static int write_line(const char *line, size_t length)
{
    ssize_t written = TEMP_FAILURE_RETRY(write(STDOUT_FILENO, line, length));

    if (written >= 0 && (size_t)written < length)
        errno = EIO;
    return written == (ssize_t)length ? 0 : -1;
}

int line_print(const char *format, ...)
{
    char line[512];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof line - 1, tr(format), arguments);
    va_end(arguments);
    if (length < 0)
        return -1;
    if ((size_t)length > sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    return write_line(line, (size_t)length + 1);
}

int line_task(long value)
{
    struct timespec now;
    struct tm local;
    char stamp[32];

    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
    return line_print("time : %s.%06ld value :%ld PID : %ld", stamp, now.tv_nsec / 1000, value,
                      (long)getpid());
}

int line_run_time(int64_t ns)
{
    if (ns < NS_PER_S)
        return line_print("***run time(sec) : 0.%03d", (int)(ns / NS_PER_MS));
    return line_print("***run time(sec) : %" PRId64, (int64_t)(ns / NS_PER_S));
}

int line_cores(void)
{
    return line_print("Number of Core : %d", machine_cpus());
}

int line_result(long result)
{
    return line_print("Result: %ld", result);
}

void line_set_task_ms(long ms)
{
    task_ms = ms;
}

int task_line_then_wait(long in, long *out)
{
    long waited;
    int error = line_task(in) ? errno : task_wait(task_ms, &waited);

    *out = in;
    return error;
}
