/* Attack: fills memory that no process has mapped: files without a name, and segments of System V.
 * It stops by itself at 3 GB.
 * Labs: 10
 * Slow: yes
 * Isolated: yes */
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static char chunk[1 << 20];

static void attack(void)
{
    const int pieces = 24, size = 60 << 20;

    memset(chunk, 1, sizeof chunk);
    for (int i = 0; i < pieces; i++) {
        int file = memfd_create("piece", 0);
        void *segment = shmat(shmget(IPC_PRIVATE, (size_t)size, 0600), NULL, 0);

        for (int at = 0; at < size; at += (int)sizeof chunk)
            (void)!write(file, chunk, sizeof chunk);
        if (segment != (void *)-1) {
            memset(segment, 1, (size_t)size);
            shmdt(segment);
        }
    }
}
