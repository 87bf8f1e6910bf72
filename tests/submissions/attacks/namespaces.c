/* Attack: makes namespaces of its own, to be root there: mounts a file system in memory that knows no
 * limit, and tries to make what is read-only writable.
 * Labs: 10
 * Isolated: yes */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

static void attack(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) {
        printf("unshare: %s\n", strerror(errno));
        return;
    }
    puts("I have namespaces");
    if (mount("tmpfs", "/proc", "tmpfs", 0, "size=100g") == 0)
        puts("I have 100 GB");
    if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0)
        puts("I can write");
}
