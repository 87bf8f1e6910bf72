/* race: two threads add to one variable, and additions are lost
 *
 * total = total + 1 is three steps: read, add, write. Both threads may read
 * the same number, and then one of the two additions is lost. `volatile`
 * makes the compiler read and write each time. It does not keep the threads
 * apart. The rounds go on until one is wrong. In a second terminal you see
 * the threads, each on a CPU of its own if there are two:
 *
 *     ps -L -o pid,tid,psr,pcpu,args -s SESSION
 *
 * Now write "#pragma omp atomic update" before the addition, and leave
 * volatile out.
 *
 * Look for: lost in round
 */
#include <stdio.h>

enum { TIMES = 20000000, THREADS = 2 };

static volatile long total;

int main(void)
{
    for (int round = 1; round <= 1000; round++) {
        total = 0;
#pragma omp parallel num_threads(THREADS)
        for (int i = 0; i < TIMES; i++)
            total = total + 1;
        printf("%d threads, %d times 1 each: %ld\n", THREADS, TIMES, total);
        if (total != (long)TIMES * THREADS) {
            printf("%ld were lost in round %d\n", (long)TIMES * THREADS - total, round);
            return 0;
        }
    }
}
