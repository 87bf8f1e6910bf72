/* The graded code runs on a small system. Pipes hold a page, as they do where a user has many of
 * them; what is mapped counts as an allocation, which a test can make fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

enum { PIPE_BYTES = 4096 };

static bool pipe_fails(void)
{
    atomic_int *left = &faults_now()->pipe_fails_at;

    if (atomic_load(left) > 1)
        atomic_fetch_sub(left, 1);
    else if (atomic_load(left) == 1)
        return true;
    return false;
}

int graded_pipe2(int ends[2], int flags)
{
    if (pipe_fails()) {
        grader_done_to("pipe was made to fail (EMFILE)");
        errno = EMFILE;
        return -1;
    }
    if (pipe2(ends, flags) == -1)
        return -1;
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    return 0;
}

int graded_pipe(int ends[2])
{
    return graded_pipe2(ends, 0);
}

/* Fails where malloc would. */
void *graded_mmap(void *at, size_t size, int access, int flags, int file, off_t offset)
{
    void *probe = graded_malloc(1);

    if (!probe)
        return MAP_FAILED;
    free(probe);
    return mmap(at, size, access, flags, file, offset);
}

static long number_of_cpus(int name)
{
    struct faults *faults = faults_now();
    long number = sysconf(name);

    if (name == _SC_NPROCESSORS_ONLN)
        atomic_fetch_add(&faults->cpus_asked, 1);
    if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)
        number += atomic_load(&faults->more_cpus);
    if (name == _SC_NPROCESSORS_CONF)
        number += atomic_load(&faults->spare_cpus);
    return number;
}

long graded_sysconf(int name)
{
    int error = atomic_load(&faults_now()->online_error);

    if (name != _SC_NPROCESSORS_ONLN || !error)
        return number_of_cpus(name);
    errno = error;
    return -1;
}

/* These two have no way to fail. */
int graded_get_nprocs_conf(void)
{
    return (int)number_of_cpus(_SC_NPROCESSORS_CONF);
}

int graded_get_nprocs(void)
{
    return (int)number_of_cpus(_SC_NPROCESSORS_ONLN);
}
