/* What a test notes while it runs: which call is under way, and what the test has done to it. The
 * notes are a page of shared memory, so the judge can read them when the test can say nothing any
 * more: after a crash, a hang, a kill. Children of the test note in the same page.
 *
 * The graded code can write there, too. The notes are words for the report, and decide nothing. */
#ifndef LOCKSTEP_WATCH_NOTES_H
#define LOCKSTEP_WATCH_NOTES_H

enum { NOTES_DOING = 400, NOTES_DONE_TO = 200, NOTES_LOOK_AT = 64, NOTES_CRASH = 200 };

struct notes {
    char doing[NOTES_DOING];     /* "pool_map of 99 tasks in chunks of 7", or "" */
    char done_to[NOTES_DONE_TO]; /* "an allocation was refused (ENOMEM)", or "" */
    char look_at[NOTES_LOOK_AT]; /* the function to look at if it goes wrong now, or "" */
    char crash[NOTES_CRASH];     /* of a segmentation fault: what was wrong, or "" */
};

/* Makes empty notes behind a new descriptor, close-on-exec. Returns it, or -1 with errno. */
int notes_create(void);

/* Maps the notes behind a descriptor, which may be closed afterwards. Returns NULL with errno if
 * that cannot be done; otherwise munmap them. */
struct notes *notes_map(int file);

/* Copies them as texts that end, whatever somebody has written there. */
void notes_read(const struct notes *notes, struct notes *copy);

#endif
