/* Attack: claims a function's name for memory that the linker has yet to find, and hopes that it
 * takes the reference's definition.
 * Labs: 08
 * Isolated: no
 * Builds: no */
static void attack(void)
{
}

#include "08-serial/serial.h"
__asm__(".comm serial_map, 8\n");
#define serial_map static_map
static map_fn static_map;
