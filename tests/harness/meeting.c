/* How tasks meet without a stopwatch.
 *
 * Meeting and hold are the same room: tasks come in, are counted, and sleep at a gate until the
 * room is open. It opens as soon as `wanted` tasks are inside. But if the engine under test is
 * wrong, those never come, and a task that sleeps for ever would tell the test nothing. So the
 * first task that has to wait does not sleep but watches all others (tests/watch/quiet.h): once
 * everybody else is asleep, and stays so, nobody can come any more. It then opens the room by
 * itself, and notes why.
 *
 * All of this runs in tasks, in whichever thread or process an engine runs them; only create, free
 * and the questions after the call run in the test's own process. */
#include "tests/harness/meeting.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "common/interp.h"
#include "common/shared.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

/* In shared memory, written by all tasks; all atomic, except for `wanted`. */
struct room {
    int wanted; /* fixed by the test before the first worker is made */
    atomic_int inside, most;
    atomic_int open;     /* what became of it: OPENED or HOPELESS; 0 so far */
    atomic_bool spun;    /* it was opened because somebody spun */
    atomic_flag watched; /* one task watches the others; all others sleep */
    sem_t gate; /* posted by the task that opens the room, and by each that wakes up here */
};

struct meeting {
    struct room room;
};

struct hold {
    struct room room;
};

enum { OPENED = 1, HOPELESS = 2 };

static void *room_create(size_t size, int wanted)
{
    struct room *room = grader_share(1, size);

    sem_init(&room->gate, 1, 0);
    room->wanted = wanted;
    return room;
}

static void raise_most(struct room *room, int inside)
{
    int most = atomic_load(&room->most);

    while (inside > most && !atomic_compare_exchange_weak(&room->most, &most, inside))
        ;
}

/* Opens the room and wakes one sleeper, who wakes the next. */
static void room_open(struct room *room, int how)
{
    int not_yet = 0;

    atomic_compare_exchange_strong(&room->open, &not_yet, how);
    sem_post(&room->gate);
}

static void sleep_until_open(struct room *room)
{
    while (!atomic_load(&room->open))
        while (sem_wait(&room->gate) == -1 && errno == EINTR)
            ;
    sem_post(&room->gate);
}

static void room_enter(struct room *room)
{
    int inside = atomic_fetch_add(&room->inside, 1) + 1;

    raise_most(room, inside);
    if (inside >= room->wanted)
        room_open(room, OPENED);
}

struct meeting *meeting_create(int wanted)
{
    return room_create(sizeof(struct meeting), wanted);
}

void meeting_free(struct meeting *meeting)
{
    shared_free(meeting);
}

int meeting_join(struct meeting *meeting)
{
    struct room *room = &meeting->room;

    interp_blocking_begin();
    room_enter(room);
    if (!atomic_load(&room->open)) {
        if (atomic_flag_test_and_set(&room->watched))
            sleep_until_open(room);
        else if (quiet_wait_hopeless(&room->open))
            room_open(room, HOPELESS);
    }
    atomic_fetch_sub(&room->inside, 1);
    interp_blocking_end();
    return atomic_load(&room->open) == OPENED ? 0 : ETIMEDOUT;
}

int meeting_most(const struct meeting *meeting)
{
    return atomic_load(&meeting->room.most);
}

struct hold *hold_create(int too_many)
{
    return room_create(sizeof(struct hold), too_many);
}

void hold_free(struct hold *hold)
{
    shared_free(hold);
}

void hold_pass(struct hold *hold)
{
    struct room *room = &hold->room;

    room_enter(room);
    if (!atomic_load(&room->open)) {
        if (atomic_flag_test_and_set(&room->watched)) {
            sleep_until_open(room);
        } else {
            atomic_store(&room->spun, !quiet_wait_or_nap(&room->open));
            room_open(room, OPENED);
        }
    }
    atomic_fetch_sub(&room->inside, 1);
}

int hold_most(const struct hold *hold)
{
    return atomic_load(&hold->room.most);
}

bool hold_spun(const struct hold *hold)
{
    return atomic_load(&hold->room.spun);
}
