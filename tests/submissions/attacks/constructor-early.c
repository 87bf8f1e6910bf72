/* Attack: puts the address of its code into every table of what runs before main and after it, and
 * code into the sections that do.
 * Labs: 03
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
}

__attribute__((used)) static void leave(void)
{
    _exit(0);
}

#define TABLE(name) __asm__(".pushsection " name ",\"aw\"\n .quad leave\n .popsection")
TABLE(".preinit_array");
TABLE(".init_array");
TABLE(".init_array.00001");
TABLE(".ctors");
TABLE(".ctors.65535");
TABLE(".fini_array");
TABLE(".dtors");
#define CODE(name) __asm__(".pushsection " name ",\"ax\"\n call leave\n .popsection")
CODE(".init");
CODE(".fini");
