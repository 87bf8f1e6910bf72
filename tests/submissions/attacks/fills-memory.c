/* Attack: fills memory.
 * Labs: 03
 * Slow: yes
 * Isolated: yes */
#include <stdlib.h>
#include <string.h>

static void attack(void)
{
    for (;;) {
        char *memory = malloc(16 << 20);

        if (memory)
            memset(memory, 1, 16 << 20);
    }
}
