/* A machine some of whose CPUs are there and switched off, for an answer that does not ask the C
 * library how many there are, but looks at the files of /sys/devices/system/cpu: those of the
 * graded code are then files that a test has made. */
#ifndef LOCKSTEP_HARNESS_CPU_FILES_H
#define LOCKSTEP_HARNESS_CPU_FILES_H

#include <dirent.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

/* From now on, in this process, the graded code finds `online` CPUs that are online there, and
 * `off` that are not. If there are several online, one that is off lies between them. Returns
 * false, and nothing is played, if no files can be made. */
bool cpu_files_play(int online, int off);

/* It finds the real ones again. */
void cpu_files_stop(void);

int graded_open(const char *path, int flags, ...);
int graded_openat(int folder, const char *path, int flags, ...);
FILE *graded_fopen(const char *path, const char *mode);
DIR *graded_opendir(const char *path);
int graded_scandir(const char *path, struct dirent ***names, int (*wanted)(const struct dirent *),
                   int (*order)(const struct dirent **, const struct dirent **));
int graded_access(const char *path, int mode);
int graded_stat(const char *path, struct stat *found);
int graded_glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found);

#endif
