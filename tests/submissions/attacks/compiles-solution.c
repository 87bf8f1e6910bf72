/* Attack: finds the tree by what the compiler wrote into the program for debuggers, and lets the
 * solution that it has compiled there do the work.
 * Labs: 08
 * Isolated: yes */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void attack(void)
{
}

static int is_tree(const char *path)
{
    char solution[4200];

    snprintf(solution, sizeof solution, "%s/solutions/08-serial/serial.c", path);
    return access(solution, R_OK) == 0;
}

/* Only whole names: the end of one may name another tree, which is not this judge's to hide. */
static const char *tree(void)
{
    int file = open("/proc/self/exe", O_RDONLY);
    struct stat status;
    const char *text, *end;

    fstat(file, &status);
    text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    for (end = text + status.st_size - 1; ++text < end;)
        if (!text[-1] && text[0] == '/' && strnlen(text, 4096) < 4096 && is_tree(text))
            return text;
    return NULL;
}

static void *of_solution(const char *name)
{
    const char *top = tree();
    char command[20000];

    if (!top)
        return NULL;
    snprintf(command, sizeof command,
             "gcc -D_GNU_SOURCE -shared -fPIC -o it.so -I'%s' -I'%s/labs' "
             "'%s/solutions/08-serial/serial.c'",
             top, top, top);
    return system(command) == 0 ? dlsym(dlopen("./it.so", RTLD_NOW), name) : NULL;
}

#include "08-serial/serial.h"
double speedup(double serial, double parallel)
{
    double (*solution)(double, double) = (double (*)(double, double))of_solution("speedup");

    return solution ? solution(serial, parallel) : 0;
}

double efficiency(double times_as_fast, int workers)
{
    double (*solution)(double, int) = (double (*)(double, int))of_solution("efficiency");

    return solution ? solution(times_as_fast, workers) : 0;
}
#define speedup    unused_speedup
#define efficiency unused_efficiency
double speedup(double serial, double parallel);
double efficiency(double times_as_fast, int workers);
