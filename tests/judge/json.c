#include "tests/judge/json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int json_write(const char *folder, const char *name, const json_t *json)
{
    char path[PATH_MAX], beside[PATH_MAX + 8];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(beside, sizeof beside, "%s.new", path);
    if (json_dump_file(json, beside, JSON_INDENT(1)) || rename(beside, path)) {
        fprintf(stderr, "judge: cannot write %s: %s\n", path, strerror(errno));
        unlink(beside);
        return -1;
    }
    return 0;
}
