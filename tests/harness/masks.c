#include "tests/harness/masks.h"

#include <errno.h>
#include <string.h>

static struct masks_machine *machine;

static struct masks_asked asked;

struct masks_asked masks_asked(void)
{
    return asked;
}

void masks_forget_asked(void)
{
    asked = (struct masks_asked){0};
}

static void note_asked(size_t size)
{
    asked.calls++;
    asked.size = size;
}

void masks_play(struct masks_machine *played)
{
    machine = played;
}

/* As the C library does it, which clears what the kernel leaves of the mask. Returns an errno. */
static int tell_mask(size_t size, cpu_set_t *mask)
{
    if (size < machine->bits / 8)
        return EINVAL;
    memset(mask, 0, size);
    for (int i = 0; i < machine->count; i++)
        CPU_SET_S((size_t)machine->allowed[i], size, mask);
    machine->asked = true;
    return 0;
}

int graded_sched_getaffinity(pid_t thread, size_t size, cpu_set_t *mask)
{
    int error;

    note_asked(size);
    if (!machine)
        return sched_getaffinity(thread, size, mask);
    error = tell_mask(size, mask);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

int graded_pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *mask)
{
    note_asked(size);
    return machine ? tell_mask(size, mask) : pthread_getaffinity_np(thread, size, mask);
}
