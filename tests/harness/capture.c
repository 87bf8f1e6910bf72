#include "tests/harness/capture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/grader.h"

int capture_output(int (*work)(void), char text[], size_t size)
{
    int kept = dup(STDOUT_FILENO), returned, error;
    FILE *file = tmpfile();

    if (!file || kept == -1)
        grader_fail("The test itself went wrong: no temporary file (%s).", strerror(errno));
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    printf("[before]");
    returned = work();
    error = errno;
    printf("[after]");
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
    errno = error;
    return returned;
}
