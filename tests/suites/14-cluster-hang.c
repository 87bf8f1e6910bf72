/* When does a job hang? MPI's calls do not sleep while they wait: they ask again and again. So that
 * all are asleep is never seen. But each rank counts how often it has asked. If all ranks wait, and
 * each has asked ENOUGH times since anybody got anything done, then whatever was under way has
 * come: a message needs nothing but that both sides ask. On a busy machine that takes longer, and
 * the answer is the same.
 *
 * Tasks in the room sleep. A rank all of whose running tasks are in there, and all of whose threads
 * are asleep in many looks, waits as well. So does one that sleeps anywhere else (for a lock of its
 * own, say) and has not moved for a second and a half: no sensible rank has a timer that is longer.
 */
#include "tests/suites/14-cluster-hang.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/watch/proc.h"

enum { ENOUGH = 1000, ASLEEP_LOOKS = 15, STILL_LOOKS = 1500 / HANG_LOOK_MS };

/* The threads of a rank, at one look. */
struct threads {
    int process, awake;
    unsigned long switches; /* how often they have slept and been woken, all together */
};

static void count_thread(int thread, void *context)
{
    struct threads *threads = context;
    struct proc_thread state;

    if (proc_read_thread(threads->process, thread, &state) || state.state != 'S')
        threads->awake++;
    else
        threads->switches += state.voluntary + state.involuntary;
}

static bool all_asleep(int pid, unsigned long *switches)
{
    struct threads threads = {.process = pid};

    if (proc_each_thread(pid, count_thread, &threads) || threads.awake > 0)
        return false;
    *switches = threads.switches;
    return true;
}

static int held(const struct ledger_rank *rank)
{
    return atomic_load(&ledger->room.open) ? 0 : atomic_load(&rank->held);
}

/* Has nobody of this rank moved for long? */
static bool is_still(struct hang *hang, int number)
{
    unsigned long switches = 0;

    if (!all_asleep(atomic_load(&ledger->ranks_of[number].pid), &switches) ||
        switches != hang->switches[number])
        hang->still[number] = 0;
    else
        hang->still[number]++;
    hang->switches[number] = switches;
    return hang->still[number] >= STILL_LOOKS;
}

/* Can this rank not go on by itself? */
static bool is_stuck(struct hang *hang, int number)
{
    const struct ledger_rank *rank = &ledger->ranks_of[number];
    unsigned long switches;

    if (atomic_load(&rank->ended))
        return true;
    if (atomic_load(&rank->pid) == 0)
        return false;
    if (is_still(hang, number))
        return true;
    if (atomic_load(&rank->running) > held(rank))
        return false;
    if (atomic_load(&rank->waits) && atomic_load(&rank->polls) - hang->polls[number] >= ENOUGH)
        return true;
    if (held(rank) == 0)
        return false;
    hang->asleep[number] =
        all_asleep(atomic_load(&rank->pid), &switches) ? hang->asleep[number] + 1 : 0;
    return hang->asleep[number] >= ASLEEP_LOOKS;
}

/* Has anybody got anything done since the last look? Begins to count anew, then. */
static bool goes_on(struct hang *hang)
{
    bool changed = false;

    for (int i = 0; i < ledger->ranks; i++)
        changed |= atomic_load(&ledger->ranks_of[i].events) != hang->events[i];
    for (int i = 0; i < ledger->ranks && changed; i++) {
        hang->events[i] = atomic_load(&ledger->ranks_of[i].events);
        hang->polls[i] = atomic_load(&ledger->ranks_of[i].polls);
        hang->asleep[i] = 0;
    }
    return changed;
}

static void add(char text[], size_t size, const char *more)
{
    snprintf(text + strlen(text), size - strlen(text), "%s", more);
}

/* Has rank 0 told the others to stop, as far as it knows? */
static bool has_stopped(void)
{
    const struct ledger_rank *rank = &ledger->ranks_of[0];

    return strcmp(rank->call, "at the end") == 0 &&
           strcmp(rank->notes.look_at, "cluster_stop") == 0;
}

/* Says who waits where. The failure leads to the first rank that waits for another one; but if
 * somebody still serves when rank 0 is done, it leads to what should have stopped him. */
static void describe(struct hang *hang)
{
    int left = 0;

    snprintf(hang->said, sizeof hang->said,
             "It hung: all ranks wait, and no message is under way.");
    hang->look_at = ledger->ranks_of[0].notes.look_at;
    for (int i = 0; i < ledger->ranks; i++) {
        const struct ledger_rank *rank = &ledger->ranks_of[i];
        const bool ended = atomic_load(&rank->ended), done = strcmp(rank->call, "at the end") == 0;
        char one[LEDGER_CALL + 400], state[LEDGER_CALL + 8];

        if (atomic_load(&rank->waits))
            snprintf(state, sizeof state, "waits %s", rank->call);
        else
            snprintf(state, sizeof state, "sleeps, and not in a call of MPI");
        if (ended || done)
            snprintf(state, sizeof state, "%s", ended ? "has ended" : "is done");
        if (rank->notes.doing[0])
            snprintf(one, sizeof one, " Rank %d %s (%s).", i, state, rank->notes.doing);
        else
            snprintf(one, sizeof one, " Rank %d %s.", i, state);
        add(hang->said, sizeof hang->said, one);
        if (left == 0 && !ended && !done) {
            hang->look_at = rank->notes.look_at;
            left = 1;
        }
    }
    if (has_stopped() && strcmp(hang->look_at, "cluster_serve") == 0)
        hang->look_at = "cluster_stop";
}

bool hang_look(struct hang *hang)
{
    int kept = 0, stuck = 0;

    if (goes_on(hang))
        return false;
    for (int i = 0; i < ledger->ranks; i++) { /* all of them: each look counts for each rank */
        stuck += is_stuck(hang, i);
        kept += held(&ledger->ranks_of[i]);
    }
    if (stuck < ledger->ranks || goes_on(hang))
        return false;
    for (int i = 0; i < ledger->ranks && !kept; i++)
        if (!atomic_load(&ledger->ranks_of[i].ended)) {
            describe(hang);
            return true;
        }
    if (kept) {
        atomic_store(&ledger->room.hopeless, 1);
        ledger_open_room();
    }
    return false;
}
