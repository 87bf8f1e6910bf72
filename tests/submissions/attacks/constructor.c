/* Attack: leaves with a good exit status before main, and after it.
 * Labs: 03
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
}

__attribute__((constructor(101))) static void first(void)
{
    _exit(0);
}

__attribute__((constructor)) static void before(void)
{
    _exit(0);
}

__attribute__((destructor)) static void after(void)
{
    _exit(0);
}
