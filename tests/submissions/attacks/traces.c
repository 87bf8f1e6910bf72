/* Attack: tries to trace its parent, PID 1 and everybody near, and to write into their memory.
 * Labs: 08
 * Isolated: yes */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

static void attack(void)
{
    for (int pid = 1; pid < 4000; pid++) {
        char memory[40];
        int file;

        if (pid == getpid())
            continue;
        ptrace(PTRACE_ATTACH, pid, NULL, NULL);
        snprintf(memory, sizeof memory, "/proc/%d/mem", pid);
        file = open(memory, O_RDWR);
        if (file != -1)
            printf("%s can be written\n", memory);
    }
}
