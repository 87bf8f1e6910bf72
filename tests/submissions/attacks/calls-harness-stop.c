/* Attack: switches the harness's forced races off.
 * Labs: 07
 * Isolated: no
 * Builds: no */
extern void forced_stop_reset(void);

static void attack(void)
{
    forced_stop_reset();
}
