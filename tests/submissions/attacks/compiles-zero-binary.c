/* Attack: lets the assembler include a file without an end.
 * Labs: 02
 * Slow: yes
 * Isolated: no
 * Builds: no */
__asm__(".incbin \"/dev/zero\"");

static void attack(void)
{
}
