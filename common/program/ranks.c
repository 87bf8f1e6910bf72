#include "common/program/ranks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of Open MPI's library, which has it whatever its version is; no other library of MPI has. */
extern char ompi_mpi_comm_world __attribute__((weak));

bool ranks_started(void)
{
    return getenv("PMI_RANK") || getenv("PMI_FD") || getenv("PMIX_RANK");
}

bool ranks_first(void)
{
    const char *rank = getenv("PMI_RANK");

    rank = rank ? rank : getenv("PMIX_RANK");
    return rank && strcmp(rank, "0") == 0;
}

/* What Open MPI's mpiexec refuses or does otherwise: more ranks than CPUs, a machine without ssh,
 * root (who may be the only user of a container), CPUs for all threads of a rank, and messages
 * through nothing but memory. Version 5 reads other names than those before it. */
static void settle_open_mpi(void)
{
    static const char *const settings[][2] = {
        {"OMPI_MCA_rmaps_base_oversubscribe", "1"},
        {"OMPI_MCA_plm", "isolated"},
        {"OMPI_MCA_hwloc_base_binding_policy", "none"},
        {"OMPI_MCA_pml", "ob1"},
        {"OMPI_MCA_btl", "^tcp"},
        {"OMPI_ALLOW_RUN_AS_ROOT", "1"},
        {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
        {"PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"},
        {"PRTE_MCA_hwloc_default_binding_policy", "none"},
        {"PRTE_ALLOW_RUN_AS_ROOT", "1"},
        {"PRTE_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
    };

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        setenv(settings[i][0], settings[i][1], 1);
}

/* MPICH's hwloc looks at every device of the machine, in each rank, before anything else: that is
 * half of the time that such a job takes to start, and nothing here asks for devices. */
static void settle_mpich(void)
{
    setenv("HWLOC_COMPONENTS", "-linuxio,-pci,-opencl", 0);
}

void ranks_exec(const char *count, const char *const words[])
{
    enum { HEAD = 6, MOST_WORDS = 64, NAMES = 2 };
    /* Where both are installed the plain name may be that of the other one. */
    static const char *const mpich[NAMES] = {"mpiexec.mpich", "mpiexec.hydra"};
    static const char *const open_mpi[NAMES] = {"mpiexec.openmpi", "orterun"};
    const bool open = &ompi_mpi_comm_world != NULL;
    const char *const *names = open ? open_mpi : mpich;
    const char *all[HEAD + MOST_WORDS + 1] = {NULL, "-n", count};
    size_t head = 3, n = 0;

    if (open) {
        settle_open_mpi();
    } else {
        settle_mpich();
        all[head++] = "-launcher";
        all[head++] = "fork";
    }
    while (words[n] && n < MOST_WORDS) {
        all[head + n] = words[n];
        n++;
    }
    if (words[n]) {
        errno = E2BIG;
        return;
    }
    for (size_t i = 0; i < NAMES; i++) {
        all[0] = names[i];
        execvp(names[i], (char *const *)all);
    }
}
