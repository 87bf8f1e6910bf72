/* Attack: switches the harness's forced races off.
 * Labs: 07
 * Isolated: no
 * Builds: no */
extern void races_stop_me(int access);

static void attack(void)
{
    races_stop_me(0);
}
