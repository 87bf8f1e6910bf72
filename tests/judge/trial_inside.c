/* The part of the trial that runs in the sandbox. It says over the judge's socket that it is ready,
 * sleeps until the judge has seen it, and then says what it lacks, or what it has. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/judge/run.h"
#include "tests/judge/sandbox.h"
#include "tests/judge/trial.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

/* As many as no test needs at once, and as every test may have. */
enum { TASKS = 120, STACK = 128 << 10 };
enum { FILE_SIZE = 1 << 20, MAPPING = 256 << 20, SHARED_ROOM = 1 << 20 };
enum { MOST_LOOKS = 10000 };

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char text[400];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text)
        length = sizeof text - 1;
    send(SANDBOX_REPORT, text, (size_t)length, MSG_NOSIGNAL);
}

__attribute__((format(printf, 1, 2))) static bool lacks(const char *format, ...)
{
    char text[360];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say("lacks %s", text);
    return false;
}

/* Sees a child of its own fall asleep, as tests do. */
static bool try_proc(void)
{
    bool asleep = false;
    pid_t child;

    if (proc_self() == -1)
        return lacks("/proc is not there or cannot be read (mount -t proc proc /proc)");
    quiet_watch_this_process();
    child = fork();
    if (child == -1)
        return lacks("no process can be forked: %s (see ulimit -Hu, or a container's limit on "
                     "PIDs)",
                     strerror(errno));
    if (child == 0)
        for (;;)
            pause();
    for (int i = 0; i < MOST_LOOKS && !asleep; i++) {
        struct quiet_look look = quiet_look();

        asleep = quiet_all_asleep(&look) && look.processes == 2;
        if (!asleep)
            clock_sleep(NS_PER_MS);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return asleep || lacks("/proc does not show a program its own child, or not that it sleeps (is "
                           "it this machine's own? mount -t proc proc /proc)");
}

static void *wait_for_end(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

/* Threads and processes count alike, and threads are made faster. */
static bool try_tasks(void)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[TASKS];
    pthread_attr_t attributes;
    int made = 0, error = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_mutex_lock(&lock);
    while (made < TASKS && !error) {
        error = pthread_create(&threads[made], &attributes, wait_for_end, &lock);
        made += !error;
    }
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < made; i++)
        pthread_join(threads[i], NULL);
    pthread_attr_destroy(&attributes);
    return !error || lacks("there is room for %d threads or processes, and tests need %d: %s (see "
                           "ulimit -Hu, or a container's limit on PIDs)",
                           made, TASKS, strerror(error));
}

static bool try_memory(void)
{
    void *memory = mmap(NULL, MAPPING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return lacks("%d MB of memory cannot be mapped: %s (see ulimit -Hv, ulimit -Hd)",
                     MAPPING >> 20, strerror(errno));
    munmap(memory, MAPPING);
    memory = mmap(NULL, SHARED_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return lacks("memory cannot be shared: %s (see ulimit -Hv)", strerror(errno));
    munmap(memory, SHARED_ROOM);
    return true;
}

static bool try_files(void)
{
    static char page[4096];
    FILE *file = tmpfile();
    bool good = file != NULL;

    for (size_t i = 0; i < FILE_SIZE / sizeof page && good; i++)
        good = fwrite(page, sizeof page, 1, file) == 1;
    good = good && fflush(file) == 0;
    if (!good)
        lacks("tests cannot write a file in %s: %s (is it full, read-only, or not everybody's?)",
              P_tmpdir, strerror(errno));
    if (file)
        fclose(file);
    return good;
}

/* libomp registers itself there, and aborts a program that it cannot register. */
static bool try_shared_folder(void)
{
    char name[64];
    int file, error;

    snprintf(name, sizeof name, "/dev/shm/lockstep-%d-%d", (int)getpid(), (int)getuid());
    file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file == -1)
        return lacks("clang's OpenMP needs /dev/shm: %s (mount -t tmpfs tmpfs /dev/shm, or make "
                     "without CC=clang)",
                     strerror(errno));
    error = posix_fallocate(file, 0, sysconf(_SC_PAGESIZE));
    close(file);
    unlink(name);
    return !error || lacks("clang's OpenMP needs room in /dev/shm: %s (delete what fills it, or "
                           "make without CC=clang)",
                           strerror(error));
}

static bool try_calls(void)
{
    cpu_set_t cpus;

    if (sched_getaffinity(0, sizeof cpus, &cpus) || sched_setaffinity(0, sizeof cpus, &cpus))
        return lacks("the system refuses sched_setaffinity, which tests call: %s (a container's "
                     "seccomp profile must allow it, as Docker's and podman's own do)",
                     strerror(errno));
    if (prctl(PR_SET_CHILD_SUBREAPER, 1))
        return lacks("the system refuses PR_SET_CHILD_SUBREAPER, which tests need: %s (a "
                     "container's seccomp profile must allow prctl)",
                     strerror(errno));
    return true;
}

static bool can_write(void)
{
    struct statvfs top;

    return statvfs("/", &top) || !(top.f_flag & ST_RDONLY);
}

static bool holds_anything(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool found = false;

    while (folder && !found && (entry = readdir(folder)))
        found = entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return found;
}

/* `tops`: where the tree is, by all names that a compiler may have written into a program. */
static bool can_cheat(char *const *tops)
{
    char path[2 * PATH_MAX];

    for (; *tops; tops++)
        for (size_t i = 0; run_hidden[i]; i++) {
            snprintf(path, sizeof path, "%s/%s", *tops, run_hidden[i]);
            if (holds_anything(path))
                return true;
        }
    return false;
}

int trial_inside(int argc, char **argv)
{
    const bool clang = argc > 2 && strcmp(argv[2], "clang") == 0;
    char go[64];

    if (argc < 3)
        return EXIT_FAILURE;
    say("ready");
    if (recv(SANDBOX_REPORT, go, sizeof go, 0) <= 0)
        return EXIT_FAILURE;
    if (!try_proc() || !try_memory() || !try_tasks() || !try_files() ||
        (clang && !try_shared_folder()) || !try_calls())
        return EXIT_FAILURE;
    say("has%s%s%s%s", getuid() == 0 ? " root" : "", can_write() ? " files" : "",
        proc_self() != getpid() ? " outside" : "", can_cheat(argv + 3) ? " answers" : "");
    return EXIT_SUCCESS;
}
