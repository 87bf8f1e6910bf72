/* Attack: defines the harness's own functions and Check's, so that nothing can fail.
 * Labs: 03 08
 * Isolated: no */
#include <stdbool.h>

void grader_fail(const char *format, ...)
{
}

void grader_begin(const char *function, bool succeeded)
{
}

void _ck_assert_failed(const char *file, int line, const char *expression, const char *format, ...)
{
}

int srunner_ntests_failed(void *runner)
{
    return 0;
}

int main(void)
{
    return 0;
}

static void attack(void)
{
}
