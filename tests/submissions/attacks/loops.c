/* Attack: every function loops for ever.
 * Labs: all
 * Isolated: no */
static void attack(void)
{
    for (volatile int i = 0;; i++)
        ;
}
