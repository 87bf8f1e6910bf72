/* Attack: keeps the assembler busy.
 * Labs: 08
 * Isolated: no
 * Builds: no */
__asm__(".data\n .rept 1000000000\n .quad .\n .endr\n .text\n");

static void attack(void)
{
}
