/* Faults that a test puts between the graded code and the system: a call fails, is interrupted,
 * does less than it was asked to, or wakes up for no reason. The settings are in shared memory, so
 * they reach workers that live already. faults.c tells how a call gets there. */
#ifndef LOCKSTEP_HARNESS_FAULTS_H
#define LOCKSTEP_HARNESS_FAULTS_H

#include <omp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include "common/counted_lock.h"

/* What is to fail from now on; all of it atomic. Numbers count calls of the graded code: 1 is the
 * next one, 0 means none. */
struct faults {
    atomic_int fork_fails_at;    /* this fork fails with EAGAIN, and all after it */
    atomic_bool fork_comes_back; /* those after it do not fail */
    atomic_int fork_error;       /* they fail with this errno; 0: with EAGAIN */
    atomic_int late_children;    /* so many of the next forks' children, each of which goes on only
                                    when all others are asleep */
    atomic_int forks;            /* forks that succeeded, counted in the parent */
    atomic_int writes;           /* calls of write */
    atomic_int high_pids; /* so much is added to what getpid says, except in the test's own process:
                             as where thousands of processes were made before */
    atomic_bool interrupt; /* about every other blocking call of a thread fails with EINTR */
    _Atomic(const char *) interrupted; /* which call of those for descriptors that was last */
    atomic_int interrupts;             /* with it: so many in a row at first, in the test itself */
    atomic_bool short_io;       /* read, write, recv and send do at most three bytes at a time */
    atomic_bool whole_to_pipes; /* but a pipe takes PIPE_BUF bytes at once, as POSIX promises */
    atomic_int pipe_fails_at;   /* this pipe fails with EMFILE, and all after it */
    atomic_int socket_fails_at; /* this socket fails with EMFILE, and none after it */
    atomic_int connect_error;   /* the next connect fails with this errno; 0: it does not */
    atomic_int wait_error;      /* each poll or ppoll that waits fails with this errno; 0: none */
    atomic_int waits_failed;    /* so many have; after a thousand none does */
    void (*at_socket)(const char *call); /* called before each call for a connection; NULL: not */
    void (*at_wait)(void); /* called before each poll, ppoll or epoll_wait that waits; NULL: not */
    atomic_int wait_late_ms;        /* the next poll, ppoll or epoll_wait with an end is so late */
    atomic_int wait_broken_ms;      /* the next one is interrupted (EINTR) after so long */
    atomic_bool late, waited_again; /* one of them has come back; then somebody waited */
    atomic_int first_wait_ms;       /* the limit of the first such wait; none: INT_MAX */
    atomic_int longest_wait_ms;     /* the longest limit of those after the late one */
    atomic_llong noted_until;       /* of those that begin before this time (clock_wall); 0: all */
    atomic_bool inherited;          /* a socket was connected that other programs would inherit */
    atomic_int sockets;             /* sockets that were made */
    atomic_bool spurious; /* about every other wait for a condition variable returns 0 at once */

    /* While this is true, a wait for a condition variable with a time limit misses all signals and
     * does not end. Once it is false and `timed_waits_end` is posted, such a wait returns
     * ETIMEDOUT. */
    atomic_bool timed_waits_miss_signals;
    atomic_int timed_waits_held; /* so many such waits are under way */
    sem_t timed_waits_end;

    /* A wait for a condition variable with a time limit has none: nobody wakes up by a timer. */
    atomic_bool no_time_limits;

    /* Just after a mutex is unlocked is a point, too, at which forced_stop.h can stop a thread. */
    atomic_bool unlocks_are_points;

    /* A thread's signals reach nobody before it waits itself, or calls faults_deliver_signals: so
     * no waiter is quick, and a signal that was given too early comes in time. For tests about
     * something else. */
    atomic_bool late_signals;

    /* So many waits for a semaphore with a time limit, of whichever child of the test's, last no
     * longer than a look: as if the time had passed. */
    atomic_int time_passes;

    /* So many waits with a time limit of the test's own process end after a millisecond, as if a
     * timer's signal came (EINTR): those for a semaphore, and in poll. */
    atomic_int signals_due;

    /* In the process of this PID pause begins when all others are asleep: a signal that comes
     * before does not end it. */
    atomic_int late_pauser;

    /* The process of this PID goes on from the next post of a semaphore only when all others are
     * asleep: whoever it has woken comes first. */
    atomic_int slow_poster;

    atomic_bool pthread_changes_errno; /* calls of pthread_* that succeed set errno, as they may */
    atomic_int memory_fails_at;        /* this allocation fails with ENOMEM, and all after it */
    atomic_bool memory_comes_back;     /* those after it do not fail */
    atomic_int no_memory;              /* allocations that failed for these reasons */
    atomic_int spare_cpus;             /* this many CPUs are configured, but not online */
    atomic_int more_cpus;              /* this many were switched on a moment ago */
    atomic_int cpus_asked;             /* how often the C library was asked what is online */
    atomic_int online_error;           /* sysconf fails so when it is asked that; 0: it does not */
    atomic_int signal_sent;  /* the last one that the test's own process sent a child by kill */
    atomic_int refused_kill; /* a PID that the graded code tried to signal and must not; 0: none */
};

/* All of them unset and zero at the start of a test. Call it once before any worker is made. */
struct faults *faults_reset(void);

/* What late_signals has kept back for the calling thread goes out now. */
void faults_deliver_signals(void);

/* How often the graded code has signalled a condition variable in the calling thread. */
unsigned faults_signals(void);

/* How often a condition variable was signalled while a thread that forced_stop.h had stopped was
 * about to wait for it, with its mutex held. Who changes what is waited for with that mutex held
 * cannot come so far. */
unsigned faults_signals_too_early(void);

/* How many waits with a time limit the calling thread has begun, for a condition variable or a
 * semaphore. One that ends when the one before it was to end is no new wait: that one goes on. */
unsigned faults_limited_waits(void);

/* So many waits with a time limit of the calling thread, from now on, are over at once, as if the
 * time had passed: waits for a condition variable or for a semaphore. */
void faults_pass_time(int waits);

/* From now on every thread calls this before it waits for a condition variable with a time limit,
 * with the mutex held. `until` is when that wait ends, and `over` when its wait before ended, if
 * that has lasted until then (0: it has not): both on clock_wall(), and 0 by another clock. NULL:
 * nothing is called. */
void faults_look_at_limits(void (*look)(int64_t until, int64_t over));

/* The calling thread is in this function of the graded code (NULL: in none): what the harness finds
 * wrong with a call of this thread leads there. */
void faults_lead_to(const char *function);

/* Fails the test if the graded code tried to signal what is not its child. */
void faults_expect_no_stray_kill(const struct faults *faults);

/* The settings as they are; and, for the files that inject faults, whether a fault that strikes
 * about every other call of a thread strikes this one. */
struct faults *faults_now(void);
bool faults_every_other(void);

/* For them, too: whether a time limit of the calling thread has passed, though no time has; and a
 * look whether `until` is a time at all. The test fails if it is not. */
bool faults_time_passes(void);

/* For them, too: whether this is the test's own process. On a busy machine it could use up all the
 * waits whose time passes before a worker has looked once. */
bool faults_is_test(void);
void faults_check_limit(const struct timespec *until);

/* For them, too: poll, which may be one of the waits that `signals_due` counts. */
int faults_poll(struct pollfd *files, nfds_t count, int timeout);

/* For them, too: whether the blocking call that begins is interrupted (errno is EINTR then); the
 * same with its name, a constant, noted; how much of the size asked for is done; and whether a
 * write of that size cannot block now. */
bool faults_interrupt(void);
bool faults_interrupt_call(const char *call);
size_t faults_size(size_t asked);
bool faults_has_room(int file, size_t size);

void *graded_malloc(size_t size);
void *graded_calloc(size_t count, size_t size);
void *graded_realloc(void *at, size_t size);
void *graded_shared_alloc(size_t count, size_t size);
cpu_set_t *graded_sched_cpualloc(size_t count); /* what CPU_ALLOC calls */
long graded_sysconf(int name);
int graded_get_nprocs_conf(void);
int graded_get_nprocs(void);
void *graded_mmap(void *at, size_t size, int access, int flags, int file, off_t offset);
int graded_pipe(int ends[2]);
int graded_pipe2(int ends[2], int flags);
pid_t graded_fork(void);
pid_t graded_vfork(void); /* a plain fork: nothing is shared */
pid_t graded_getpid(void);
pid_t graded_wait(int *status);
pid_t graded_waitpid(pid_t pid, int *status, int options);
int graded_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
int graded_kill(pid_t pid, int signal);
int graded_killpg(pid_t group, int signal);
int graded_sigqueue(pid_t pid, int signal, const union sigval value);
ssize_t graded_read(int file, void *buffer, size_t size);
ssize_t graded_write(int file, const void *buffer, size_t size);
int graded_poll(struct pollfd *files, nfds_t count, int timeout);
int graded_pause(void);
int graded_ppoll(struct pollfd *files, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int graded_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
int graded_socket(int domain, int type, int protocol);
int graded_connect(int file, const struct sockaddr *address, socklen_t size);
ssize_t graded_send(int file, const void *buffer, size_t size, int flags);
ssize_t graded_recv(int file, void *buffer, size_t size, int flags);
ssize_t graded_sendto(int file, const void *buffer, size_t size, int flags,
                      const struct sockaddr *to, socklen_t length);
ssize_t graded_recvfrom(int file, void *buffer, size_t size, int flags, struct sockaddr *from,
                        socklen_t *length);
ssize_t graded_sendmsg(int file, const struct msghdr *message, int flags);
ssize_t graded_recvmsg(int file, struct msghdr *message, int flags);
int graded_sem_wait(sem_t *semaphore);
int graded_sem_timedwait(sem_t *semaphore, const struct timespec *until);
int graded_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until);
bool graded_semaphore_wait(sem_t *semaphore, long ms); /* what lab 03 is given */
int graded_sem_post(sem_t *semaphore);
void graded_GOMP_critical_start(void);
void graded_GOMP_critical_end(void);
void graded_GOMP_critical_name_start(void **name);
void graded_GOMP_critical_name_end(void **name);
void graded_kmpc_critical(void *where, int thread, void *lock);
void graded_kmpc_critical_with_hint(void *where, int thread, void *lock, unsigned hint);
void graded_kmpc_end_critical(void *where, int thread, void *lock);
void graded_omp_set_lock(omp_lock_t *lock);
int graded_omp_test_lock(omp_lock_t *lock);
void graded_omp_unset_lock(omp_lock_t *lock);
void graded_omp_destroy_lock(omp_lock_t *lock);
void graded_counted_lock_destroy(struct counted_lock *counted);
int graded_pthread_mutex_lock(pthread_mutex_t *mutex);
int graded_pthread_mutex_trylock(pthread_mutex_t *mutex);
int graded_pthread_mutex_unlock(pthread_mutex_t *mutex);
int graded_pthread_mutex_destroy(pthread_mutex_t *mutex);
int graded_pthread_cond_destroy(pthread_cond_t *cond);
int graded_pthread_cond_signal(pthread_cond_t *cond);
int graded_pthread_cond_broadcast(pthread_cond_t *cond);
int graded_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int graded_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int graded_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                                  const struct timespec *until);

#endif
