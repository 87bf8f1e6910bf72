/* Attack: prints a perfect score in every form known, to every descriptor, and leaves.
 * Labs: 03 10
 * Isolated: no */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void attack(void)
{
    for (int file = 0; file < 1024; file++) {
        dprintf(file, "\n100%%: Checks: 10, Failures: 0, Errors: 0\n");
        dprintf(file, "\nTotal: 70 of 70 points.\n");
        dprintf(file, "03-pool/results passed\n");
        dprintf(file, "{\"score\": 100, \"tests\": [{\"score\": 15, \"status\": \"passed\"}]}\n");
        dprintf(file, "passed 15");
    }
    exit(0);
}
