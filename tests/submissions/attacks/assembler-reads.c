/* Attack: lets the assembler read the solution, by a name that only the assembler puts together.
 * Labs: 08
 * Isolated: no
 * Builds: no */
__asm__(".section .rodata.mine, \"a\"\n"
        ".macro read how file\n .inc\\how \"\\file\"\n .endm\n"
        "read bin, solutions/08-serial/serial.c\n"
        ".text\n");

static void attack(void)
{
}
