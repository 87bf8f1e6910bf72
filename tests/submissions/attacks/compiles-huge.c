/* Attack: an array that makes the object larger than any disk.
 * Labs: 08
 * Isolated: no
 * Builds: no */
static volatile char huge[1L << 34] = {1};
static volatile char large[1L << 30] = {1};

static void attack(void)
{
    huge[1] = large[1];
}
