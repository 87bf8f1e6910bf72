#include "common/program/outfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int outfile_open(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}

int outfile_replace(int file, const char *text)
{
    FILE *stream = fdopen(file, "w"); /* which, unlike fopen, does not empty the file */
    struct stat about;
    int failed;

    if (!stream) {
        close(file);
        return -1;
    }
    failed = fputs(text, stream) == EOF || fflush(stream);
    /* A terminal or a pipe has no rest to cut off. */
    if (!failed && fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        failed = ftruncate(file, (off_t)strlen(text));
    return fclose(stream) || failed ? -1 : 0;
}
