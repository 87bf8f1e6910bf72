/* Attack: macros that double what they are given, forty times over.
 * Labs: 02
 * Slow: yes
 * Isolated: no
 * Builds: no */
#define A(x) x x
#define B(x) A(A(A(A(A(x)))))
#define C(x) B(B(x))
#define D(x) C(C(C(C(x))))

static void attack(void)
{
    D(; volatile int i = 0; (void)i)
}
