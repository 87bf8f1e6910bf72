#include "common/program/ranks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ranks_started(void)
{
    return getenv("PMI_RANK") || getenv("PMI_FD") || getenv("PMIX_RANK");
}

bool ranks_first(void)
{
    const char *rank = getenv("PMI_RANK");

    return rank && strcmp(rank, "0") == 0;
}

void ranks_exec(const char *count, const char *const words[])
{
    enum { HEAD = 6, MOST_WORDS = 64 };
    /* Where Open MPI is installed, too, the plain name may be its own. */
    static const char *const names[] = {"mpiexec.mpich", "mpiexec.hydra"};
    const char *all[HEAD + MOST_WORDS + 1] = {NULL, "-launcher", "fork", "-n", count};
    size_t n = 0;

    while (words[n] && n < MOST_WORDS) {
        all[HEAD - 1 + n] = words[n];
        n++;
    }
    all[HEAD - 1 + n] = NULL;
    if (words[n]) {
        errno = E2BIG;
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        all[0] = names[i];
        execvp(names[i], (char *const *)all);
    }
}
