#include "tests/harness/cpu_files.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char real[] = "/sys/devices/system/cpu";
static char played[] = P_tmpdir "/cpus-XXXXXX"; /* with a name in the place of the X when made */
static bool playing;

static bool write_file(const char *name, const char *text)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", played, name);
    file = fopen(path, "we");
    if (!file)
        return false;
    fputs(text, file);
    return fclose(file) == 0;
}

static bool make_cpu(int number, bool online)
{
    char name[64];

    snprintf(name, sizeof name, "%s/cpu%d", played, number);
    if (mkdir(name, 0755))
        return false;
    snprintf(name, sizeof name, "cpu%d/online", number);
    return write_file(name, online ? "1\n" : "0\n");
}

/* Number 1 is off, so that a list of those online has two parts: "0,2-3". */
static bool make_files(int online, int off)
{
    int last_online = online > 1 && off > 0 ? online : online - 1, last = online + off - 1;
    char there[64], on[64] = "0\n", not_on[64];
    bool made = true;

    snprintf(there, sizeof there, last > 0 ? "0-%d\n" : "0\n", last);
    if (last_online >= online)
        snprintf(on, sizeof on, last_online > 2 ? "0,2-%d\n" : "0,2\n", last_online);
    else if (online > 1)
        snprintf(on, sizeof on, "0-%d\n", last_online);
    snprintf(not_on, sizeof not_on, last_online >= online ? "1,%d-%d\n" : "%d-%d\n",
             last_online + 1, last);
    for (int cpu = 0; cpu <= last && made; cpu++)
        made = make_cpu(cpu, cpu <= last_online && (cpu != 1 || last_online < online));
    return made && write_file("online", on) && write_file("present", there) &&
           write_file("possible", there) && write_file("offline", not_on) &&
           write_file("kernel_max", "8191\n");
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *where)
{
    (void)found, (void)kind, (void)where;
    return remove(path);
}

bool cpu_files_play(int online, int off)
{
    strcpy(played + strlen(played) - strlen("XXXXXX"), "XXXXXX");
    if (!mkdtemp(played))
        return false;
    playing = true;
    if (!make_files(online, off))
        cpu_files_stop();
    return playing;
}

void cpu_files_stop(void)
{
    enum { MOST_OPEN = 8 };

    if (playing)
        nftw(played, remove_one, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
    playing = false;
}

/* The path to take for this one; `room` has PATH_MAX bytes. */
static const char *instead(const char *path, char room[])
{
    size_t length = strlen(real);

    if (!playing || !path || strncmp(path, real, length) != 0 ||
        (path[length] != '\0' && path[length] != '/'))
        return path;
    snprintf(room, PATH_MAX, "%s%s", played, path + length);
    return room;
}

int graded_open(const char *path, int flags, ...)
{
    char room[PATH_MAX];
    va_list list;
    mode_t mode;

    va_start(list, flags);
    mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open(instead(path, room), flags, mode);
}

int graded_openat(int folder, const char *path, int flags, ...)
{
    char room[PATH_MAX];
    va_list list;
    mode_t mode;

    va_start(list, flags);
    mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return openat(folder, instead(path, room), flags, mode);
}

FILE *graded_fopen(const char *path, const char *mode)
{
    char room[PATH_MAX];

    return fopen(instead(path, room), mode);
}

DIR *graded_opendir(const char *path)
{
    char room[PATH_MAX];

    return opendir(instead(path, room));
}

int graded_scandir(const char *path, struct dirent ***names, int (*wanted)(const struct dirent *),
                   int (*order)(const struct dirent **, const struct dirent **))
{
    char room[PATH_MAX];

    return scandir(instead(path, room), names, wanted, order);
}

int graded_access(const char *path, int mode)
{
    char room[PATH_MAX];

    return access(instead(path, room), mode);
}

int graded_stat(const char *path, struct stat *found)
{
    char room[PATH_MAX];

    return stat(instead(path, room), found);
}

int graded_glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found)
{
    char room[PATH_MAX];

    return glob(instead(pattern, room), flags, failed, found);
}
