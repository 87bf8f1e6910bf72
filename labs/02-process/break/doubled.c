/* doubled: text that is printed once and comes out twice
 *
 * Standard output is a pipe here, so printf only fills a buffer. fork copies
 * the buffer, with the text in it; exit writes the child's copy, and later
 * the parent writes its own. Each line says who called printf: one process,
 * and one time. Now call fflush(NULL) before the fork; or leave the child
 * with _exit.
 *
 * Look for: hello from process 2 hello from process 2
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    printf("hello from process %d ", getpid());
    if (fork() == 0)
        exit(0);
    wait(NULL);
    printf("and goodbye from process %d\n", getpid());
}
