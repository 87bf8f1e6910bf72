/* Prints a number doubled. */
#include <stdio.h>

#include "90-doubles/doubles.h"

int main(void)
{
    long out;

    if (double_it(21, &out)) {
        perror("double_it");
        return 1;
    }
    printf("twice 21 is %ld\n", out);
    return 0;
}
