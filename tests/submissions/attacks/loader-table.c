/* Attack: adds lines of its own to the dynamic loader's table of relocations, so that the loader
 * calls its code before main.
 * Labs: 08
 * Isolated: no
 * Builds: no */
#include <unistd.h>

static void attack(void)
{
}

__attribute__((used)) static void *resolve(void)
{
    _exit(0);
}

__asm__(".pushsection .rela.ifunc,\"a\"\n"
        " .quad 0x4000\n .quad 0x25\n .long resolve - .\n .long 0\n"
        ".popsection");
