/* Attack: fills a pipe that nobody reads.
 * Labs: 02
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    static char chunk[4096];
    int ends[2];

    if (pipe(ends) == 0)
        for (;;)
            (void)!write(ends[1], chunk, sizeof chunk);
}
