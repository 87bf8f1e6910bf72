#include "14-cluster/jobs.h"

#include <errno.h>
#include <string.h>

static task_fn *list[JOBS_MOST];
static int length;

int jobs_set(task_fn *const tasks[], int count)
{
    if (count < 1 || count > JOBS_MOST || !tasks) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++)
        if (!tasks[i]) {
            errno = EINVAL;
            return -1;
        }
    memcpy(list, tasks, (size_t)count * sizeof *list);
    length = count;
    return 0;
}

int jobs_number(task_fn *task)
{
    for (int i = 0; i < length; i++)
        if (list[i] == task)
            return i;
    return -1;
}

task_fn *jobs_task(long number)
{
    return number >= 0 && number < length ? list[number] : NULL;
}
