/* Attack: waits for somebody at the keyboard.
 * Labs: 08
 * Isolated: no */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void attack(void)
{
    int terminal = open("/dev/tty", O_RDWR);
    char c;

    while (getchar() != EOF)
        ;
    if (terminal != -1)
        (void)!read(terminal, &c, 1);
}
