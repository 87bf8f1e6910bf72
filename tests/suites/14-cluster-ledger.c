#include "tests/suites/14-cluster-ledger.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/grader.h"
#include "tests/watch/proc.h"
#include "tests/watch/protocol.h"

struct ledger *ledger;
int ledger_me = -1;

struct ledger_rank *ledger_mine(void)
{
    return &ledger->ranks_of[ledger_me];
}

/* The first one to tell something is heard. All others are ended by the test. */
static void tell(const char *word, const char *text)
{
    int nobody = 0;

    if (atomic_compare_exchange_strong(&ledger->teller, &nobody, 1 + ledger_me)) {
        snprintf(ledger->word, sizeof ledger->word, "%s", word);
        snprintf(ledger->text, sizeof ledger->text, "%s", text);
        atomic_store(&ledger->told, 1);
    }
    for (;;)
        pause();
}

/* Somebody calls exit in the middle: MPI would not tell. */
static void note_exit(int status, void *unused)
{
    (void)unused;
    atomic_store(&ledger_mine()->exit_status, 1 + (status & 0xff));
}

/* mpiexec does not tell by what signal a rank died. */
static void note_time(int number)
{
    atomic_store(&ledger_mine()->out_of_time, 1);
    signal(number, SIG_DFL);
    raise(number);
}

void ledger_join(int file, int rank)
{
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ledger == MAP_FAILED || rank < 0 || rank >= LEDGER_RANKS) {
        perror("ledger");
        exit(2);
    }
    close(file);
    ledger_me = rank;
    grader_be_part(tell, &ledger_mine()->notes);
    on_exit(note_exit, NULL);
    signal(SIGXCPU, note_time);
    atomic_store(&ledger_mine()->pid, proc_self());
}

void ledger_fail(const char *look_at, const char *format, ...)
{
    char text[1024], both[sizeof text + NOTES_LOOK_AT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(both, sizeof both, "%.*s\t%s", NOTES_LOOK_AT - 1, look_at, text);
    tell(PROTOCOL_FAILED, both);
    abort();
}

void ledger_wait(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(ledger_mine()->call, LEDGER_CALL, format, arguments);
    va_end(arguments);
    atomic_store(&ledger_mine()->waits, 1);
}

/* After some time with nothing to do it leaves the CPU to others. */
void ledger_poll(void)
{
    enum { BUSY = 10 };
    static unsigned long event, count;
    const struct timespec pause = {0, 50000};

    atomic_fetch_add(&ledger_mine()->polls, 1);
    if (event != atomic_load(&ledger_mine()->events)) {
        event = atomic_load(&ledger_mine()->events);
        count = 0;
    }
    if (++count < BUSY)
        sched_yield();
    else
        nanosleep(&pause, NULL);
}

void ledger_waited(void)
{
    atomic_fetch_add(&ledger_mine()->events, 1);
    atomic_store(&ledger_mine()->waits, 0);
}

void ledger_begin_task(long in)
{
    atomic_fetch_add(&ledger_mine()->running, 1);
    atomic_fetch_add(&ledger_mine()->events, 1);
    atomic_fetch_add(&ledger_mine()->tasks, 1);
    if (in >= 0 && in < LEDGER_TASKS) {
        atomic_fetch_add(&ledger->ran[in], 1);
        atomic_store(&ledger->by[in], (unsigned char)ledger_me);
    }
}

/* Whoever asks once for each task is hardly to be slow for that; whoever does nothing else is to
 * leave the CPU to others. */
void ledger_asked(void)
{
    enum { SLEEPS_AT = 16 };
    static unsigned long count;

    if (++count % SLEEPS_AT == 0)
        ledger_poll();
    else
        atomic_fetch_add(&ledger_mine()->polls, 1);
}

static void raise_most(int inside)
{
    int most = atomic_load(&ledger->room.most);

    while (inside > most && !atomic_compare_exchange_weak(&ledger->room.most, &most, inside))
        ;
}

void ledger_open_room(void)
{
    atomic_store(&ledger->room.open, 1);
    sem_post(&ledger->room.gate);
}

/* Whoever wakes up wakes the next. */
void ledger_enter_room(void)
{
    struct ledger_room *room = &ledger->room;

    raise_most(atomic_fetch_add(&room->inside, 1) + 1);
    if (atomic_fetch_add(&room->come, 1) + 1 >= atomic_load(&room->wanted))
        ledger_open_room();
    atomic_fetch_add(&ledger_mine()->held, 1);
    while (!atomic_load(&room->open))
        while (sem_wait(&room->gate) == -1 && errno == EINTR)
            ;
    atomic_fetch_sub(&ledger_mine()->held, 1);
    sem_post(&room->gate);
    atomic_fetch_sub(&room->inside, 1);
}

void ledger_end_task(void)
{
    atomic_fetch_add(&ledger->done, 1);
    atomic_fetch_sub(&ledger_mine()->running, 1);
    atomic_fetch_add(&ledger_mine()->events, 1);
}

void ledger_hear(int from)
{
    atomic_fetch_add(&ledger_mine()->received[from], 1);
    if (ledger_me == 0 && atomic_fetch_add(&ledger->heard, 1) + 1 == atomic_load(&ledger->opens_at))
        ledger_open_room();
}

void ledger_open_anew(int wanted)
{
    struct ledger_room *room = &ledger->room;

    for (int i = 0; i < LEDGER_TASKS; i++)
        atomic_store_explicit(&ledger->ran[i], 0, memory_order_relaxed);
    atomic_store(&ledger->done, 0);
    atomic_store(&ledger->heard, 0);
    atomic_store(&ledger->opens_at, 0);
    atomic_store(&ledger->mistaken, 0);
    atomic_store(&ledger->job_sent, -1);
    atomic_store(&ledger->bad_told, -1);
    atomic_store(&room->come, 0);
    atomic_store(&room->inside, 0);
    atomic_store(&room->most, 0);
    atomic_store(&room->open, 0);
    atomic_store(&room->hopeless, 0);
    atomic_store(&room->wanted, wanted);
    while (sem_trywait(&room->gate) == 0)
        ;
    atomic_store(&ledger->kept_for, -1);
    atomic_store(&ledger->stop_at, 0);
    atomic_store(&ledger->met, 0);
    atomic_store(&ledger->both_met, 0);
    atomic_store(&ledger->fails_with[0], 0);
    atomic_store(&ledger->fails_with[1], 0);
}

int ledger_sent(void)
{
    int sent = 0;

    for (int i = 0; i < LEDGER_RANKS; i++)
        sent += atomic_load(&ledger_mine()->sent[i]);
    return sent;
}
