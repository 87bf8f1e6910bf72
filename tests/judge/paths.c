#include "tests/judge/paths.h"

#include <stdio.h>

void path_of_suite(char path[PATH_MAX], const char *folder, const char *lab)
{
    snprintf(path, PATH_MAX, "%s/%s/suite", folder, lab);
}

void path_of_builder(char path[PATH_MAX], const char *objects)
{
    snprintf(path, PATH_MAX, "%s/tests/judge/build/builder", objects);
}

void path_of_folder(char path[PATH_MAX], const char *out, const struct lab *lab, bool doubt)
{
    snprintf(path, PATH_MAX, "%s/%s%s", out, lab->name, doubt ? ".sure" : "");
}

void path_of_build_output(char path[PATH_MAX], const char *out, const struct lab *lab, bool doubt)
{
    snprintf(path, PATH_MAX, "%s/%s%s.build", out, lab->name, doubt ? ".sure" : "");
}

void path_of_test_output(char path[PATH_MAX], const char *out, const struct lab *lab,
                         const struct test *test)
{
    snprintf(path, PATH_MAX, "%s/%s/%s.txt", out, lab->name, test->name);
}
