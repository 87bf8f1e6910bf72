/* Attack: defines functions of C and of the system that the harness uses.
 * Labs: 03 07
 * Isolated: no */
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

void *malloc(size_t size)
{
    _exit(0);
}

void free(void *memory)
{
    _exit(0);
}

pid_t fork(void)
{
    _exit(0);
}

int printf(const char *format, ...)
{
    _exit(0);
}

ssize_t send(int file, const void *text, size_t length, int flags)
{
    _exit(0);
}

pid_t getpid(void)
{
    return 1;
}

void exit(int status)
{
    _exit(0);
}

static void attack(void)
{
}
