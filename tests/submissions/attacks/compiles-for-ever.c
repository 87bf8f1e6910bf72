/* Attack: a source that keeps the compiler busy for ever: it includes itself, and again.
 * Labs: 02
 * Slow: yes
 * Isolated: no
 * Builds: no */
#ifdef DEEP
#include __FILE__
#include __FILE__
#else
#define DEEP
#include __FILE__
#include __FILE__
static void attack(void)
{
}
#endif
