#include "common/program/team.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>

#include "common/program/language.h"

void team_warn(int threads)
{
    const char *program = program_invocation_short_name;

    if (omp_get_thread_limit() < threads)
        fprintf(stderr,
                tr("%s: OMP_THREAD_LIMIT=%d is less than the %d threads wanted here: unset it.\n"),
                program, omp_get_thread_limit(), threads);
    else if (omp_get_dynamic() && threads > 1)
        fprintf(
            stderr,
            tr("%s: OMP_DYNAMIC=true may give less than the %d threads wanted here: unset it.\n"),
            program, threads);
}
