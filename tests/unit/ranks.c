/* With which mpiexec, and how, a program starts its ranks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/program/ranks.h"
#include "tests/unit/support/unit.h"

/* As if this program were linked with Open MPI, whose library has it. */
extern char ompi_mpi_comm_world;
char ompi_mpi_comm_world;

/* A folder whose programs say what they are, what they were given, and what is set. */
static void write_program(const char *folder, const char *name)
{
    char path[100];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("#!/bin/sh\necho \"${0##*/} $*, $OMPI_MCA_rmaps_base_oversubscribe\"\n", file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0755), 0);
}

static void start(void *folder)
{
    const char *const words[] = {"./program", "--tasks", "9", NULL};

    setenv("PATH", folder, 1);
    ranks_exec("4", words);
    _exit(errno == ENOENT ? 3 : 4);
}

START_TEST(open_mpi_starts_what_is_linked_with_it)
{
    char folder[] = P_tmpdir "/ranks.XXXXXX", path[100];
    struct unit_output output;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_program(folder, "mpiexec.mpich");
    unit_capture(start, folder, &output);
    ck_assert_int_eq(WEXITSTATUS(output.status), 3);
    write_program(folder, "mpiexec.openmpi");
    unit_capture(start, folder, &output);
    ck_assert_str_eq(output.out, "mpiexec.openmpi -n 4 ./program --tasks 9, 1\n");
    snprintf(path, sizeof path, "%s/mpiexec.mpich", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/mpiexec.openmpi", folder);
    unlink(path);
    rmdir(folder);
}
END_TEST

static void start_with_many_words(void *unused)
{
    const char *words[100] = {NULL};

    (void)unused;
    for (int i = 0; i < 99; i++)
        words[i] = "word";
    ranks_exec("4", words);
    _exit(errno == E2BIG ? 3 : 4);
}

START_TEST(too_many_words_are_refused)
{
    struct unit_output output;

    unit_capture(start_with_many_words, NULL, &output);
    ck_assert_int_eq(WEXITSTATUS(output.status), 3);
}
END_TEST

START_TEST(a_rank_knows_that_it_is_one)
{
    static const char *const names[] = {"PMI_RANK", "PMIX_RANK"};

    unsetenv("PMI_FD");
    for (size_t i = 0; i < 2; i++)
        unsetenv(names[i]);
    ck_assert(!ranks_started() && !ranks_first());
    for (size_t i = 0; i < 2; i++) {
        setenv(names[i], "1", 1);
        ck_assert(ranks_started() && !ranks_first());
        setenv(names[i], "0", 1);
        ck_assert(ranks_started() && ranks_first());
        unsetenv(names[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        open_mpi_starts_what_is_linked_with_it,
        too_many_words_are_refused,
        a_rank_knows_that_it_is_one,
    };

    return unit_main("ranks", tests, sizeof tests / sizeof tests[0]);
}
