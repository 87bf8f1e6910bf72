/* Attack: an error on every line, thousands of them.
 * Labs: 03
 * Isolated: no
 * Builds: no */
#define A(x)     x x x x x x x x x x
#define E_PRAGMA _Pragma("GCC warning \"\033[2J Total: 70 of 70 points.\"") int = 0;

static void attack(void)
{
    A(A(A(A(E_PRAGMA))))
}
