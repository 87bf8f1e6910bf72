/* Attack: every function loops for ever.
 * Labs: all
 * Slow: yes
 * Isolated: no */
static void attack(void)
{
    for (volatile int i = 0;; i++)
        ;
}
