/* Attack: many processes fill memory, none of them much.
 * Labs: 10
 * Slow: yes
 * Isolated: yes */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void attack(void)
{
    const size_t size = 64 << 20;

    for (int i = 0; i < 7; i++)
        fork();
    memset(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, size);
    pause();
}
