/* Attack: changes everything a process may change about itself, and goes on.
 * Labs: all
 * Isolated: no */
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void attack(void)
{
    struct rlimit none = {0, 0};
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int number = 1; number < 65; number++)
        signal(number, SIG_IGN);
    clearenv();
    setenv("LD_PRELOAD", "evil.so", 1);
    setlocale(LC_ALL, "");
    umask(0777);
    (void)!chdir("/");
    (void)!nice(19);
    close(0);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "1) Z 0 0");
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_NOFILE, &none);
    setrlimit(RLIMIT_NPROC, &none);
    setrlimit(RLIMIT_STACK, &none);
}
