#include "tests/judge/build/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *mapping_open(void **bytes, size_t *size, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    const char *wrong = NULL;
    struct stat status;

    if (file == -1)
        return strerror(errno);
    if (fstat(file, &status)) {
        wrong = strerror(errno);
    } else if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        wrong = "empty, or not a file";
    } else {
        *size = (size_t)status.st_size;
        *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
        if (*bytes == MAP_FAILED)
            wrong = strerror(errno);
    }
    close(file);
    return wrong;
}
