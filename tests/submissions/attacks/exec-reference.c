/* Attack: becomes the reference's own suite, for the very test it is in, if that is where `make grade`
 * has it; otherwise this suite with --list, which succeeds.
 * Labs: 10
 * Isolated: no */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void attack(void)
{
    static char text[4096], path[4200];
    FILE *file = fopen("/proc/self/cmdline", "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    char *test = memmem(text, length, "--test", 7), *build;

    (void)!readlink("/proc/self/exe", path, 4000);
    build = strstr(path, "/build/");
    if (build)
        strcpy(build, "/build/gcc/solutions/10-contrast/suite");
    execl(path, "suite", "--test", test ? test + 7 : "", "--report", "200", (char *)NULL);
    execl("/proc/self/exe", "suite", "--list", (char *)NULL);
}
