#include "tests/judge/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int files_write(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written;

    if (file == -1)
        return -1;
    written = write(file, text, strlen(text));
    close(file);
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

int files_make_folder(const char *path)
{
    char partial[PATH_MAX];

    snprintf(partial, sizeof partial, "%s", path);
    for (char *at = partial + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(partial, 0755) && errno != EEXIST)
            return -1;
        *at = '/';
    }
    return mkdir(partial, 0755) && errno != EEXIST ? -1 : 0;
}

size_t files_read(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = 0;

    if (file) {
        length = fread(text, 1, size - 1, file);
        fclose(file);
    }
    text[length] = '\0';
    return length;
}
