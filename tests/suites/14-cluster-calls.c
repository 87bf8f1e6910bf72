#include "tests/suites/14-cluster-calls.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "14-cluster/slices.h"
#include "tests/harness/forced_stop.h"
#include "tests/suites/14-cluster-ledger.h"

int calls_most_provided = MPI_THREAD_MULTIPLE, calls_least_provided, calls_asked = -1;

/* Requests that the graded code has begun and not ended, and those that it may begin again. */
static struct tracked {
    MPI_Request request;
    struct message message; /* what is sent; its buffer is NULL if it is received */
    unsigned long sum;
    bool used;
    bool freed;    /* nobody will ask for it but this file */
    bool again;    /* made by MPI_Recv_init and the like: it stays when it is over */
    bool underway; /* and now it is begun, and not over */
} tracked[64];

const char *calls_rank(int rank)
{
    static char text[2][32];
    static int turn;

    turn = !turn;
    snprintf(text[turn], sizeof text[turn], rank == MPI_ANY_SOURCE ? "any rank" : "rank %d", rank);
    return text[turn];
}

const char *calls_tag(int tag)
{
    static char text[2][32];
    static int turn;

    turn = !turn;
    snprintf(text[turn], sizeof text[turn], tag == MPI_ANY_TAG ? "any tag" : "tag %d", tag);
    return text[turn];
}

void calls_check(const char *call)
{
    if (syscall(SYS_gettid) != getpid())
        ledger_fail(ledger_mine()->notes.look_at,
                    "%s was called by another thread than the one that called MPI_Init_thread. "
                    "MPI_THREAD_FUNNELED means that only that one calls MPI.",
                    call);
}

void calls_check_error(const char *call, int error)
{
    char words[MPI_MAX_ERROR_STRING] = "", *stack;
    int length;

    if (error == MPI_SUCCESS)
        return;
    PMPI_Error_string(error, words, &length);
    words[strcspn(words, "\n")] = '\0';
    stack = strstr(words, ", error stack:");
    if (stack)
        *stack = '\0';
    ledger_fail(ledger_mine()->notes.look_at, "%s failed: %s.", call, words);
}

void calls_finish(const char *call, MPI_Request *request, MPI_Status *status)
{
    int done = 0;

    while (!done) {
        calls_check_error(call, PMPI_Test(request, &done, status));
        calls_look_at_freed();
        if (!done)
            ledger_poll();
    }
    ledger_waited();
}

void calls_note_received(const MPI_Status *status, MPI_Comm comm)
{
    forced_stop_reset(); /* whoever was to stop in the last chunk has not come to the point */
    if (comm == MPI_COMM_WORLD && status->MPI_SOURCE >= 0 && status->MPI_SOURCE < LEDGER_RANKS)
        ledger_hear(status->MPI_SOURCE);
}

static unsigned long sum_of(const struct message *message)
{
    const unsigned char *bytes = message->buffer;
    unsigned long sum = 5381;
    int size;

    PMPI_Type_size(message->type, &size);
    for (long i = 0; bytes && i < (long)size * message->count; i++)
        sum = sum * 33 + bytes[i];
    return sum;
}

static struct tracked *find(MPI_Request request)
{
    for (size_t i = 0; i < sizeof tracked / sizeof tracked[0]; i++)
        if (tracked[i].used && tracked[i].request == request)
            return &tracked[i];
    return NULL;
}

static void track(struct tracked one)
{
    for (size_t i = 0; i < sizeof tracked / sizeof tracked[0]; i++)
        if (!tracked[i].used) {
            tracked[i] = one;
            return;
        }
    ledger_fail(ledger_mine()->notes.look_at,
                "More than 60 messages are under way at once: each MPI_Isend and MPI_Irecv must be "
                "ended by MPI_Wait or MPI_Test.");
}

void calls_track(MPI_Request request, struct message message)
{
    track((struct tracked){request, message, sum_of(&message), true, false, false, true});
}

void calls_make(MPI_Request request, struct message message)
{
    track((struct tracked){request, message, 0, true, false, true, false});
}

const struct message *calls_start(MPI_Request request)
{
    struct tracked *one = find(request);

    if (!one)
        return NULL;
    one->underway = true;
    one->sum = sum_of(&one->message);
    return &one->message;
}

bool calls_is_under_way(MPI_Request request)
{
    const struct tracked *one = find(request);

    return request != MPI_REQUEST_NULL && (!one || one->underway);
}

/* Who has sent a message is seen from what it is about. */
static const char *sender_of(int tag)
{
    return tag == TAG_CHUNK    ? "send_chunk"
           : tag == TAG_ANSWER ? "cluster_serve"
           : tag == TAG_STOP   ? "cluster_stop"
                               : ledger_mine()->notes.look_at;
}

static void end(struct tracked *one, const MPI_Status *status)
{
    one->underway = false;
    one->used = one->again && !one->freed;
    if (!one->message.buffer)
        calls_note_received(status, MPI_COMM_WORLD);
    else if (sum_of(&one->message) != one->sum)
        ledger_fail(sender_of(one->message.tag),
                    "A buffer that MPI_Isend was given for a message to rank %d was changed "
                    "before MPI_Wait or MPI_Test said that the message is gone.",
                    one->message.rank);
}

void calls_complete(MPI_Request request, const MPI_Status *status)
{
    struct tracked *one = find(request);

    if (one)
        end(one, status);
}

bool calls_forget(MPI_Request request)
{
    struct tracked *one = find(request);

    if (!one || !one->underway || !one->message.buffer) {
        if (one)
            one->used = false;
        return false;
    }
    one->freed = true;
    return true;
}

void calls_look_at_freed(void)
{
    for (size_t i = 0; i < sizeof tracked / sizeof tracked[0]; i++) {
        struct tracked *one = &tracked[i];
        int done = 0;

        if (!one->used || !one->freed)
            continue;
        calls_check_error("MPI_Isend", PMPI_Test(&one->request, &done, MPI_STATUS_IGNORE));
        if (done)
            end(one, MPI_STATUS_IGNORE);
    }
}

void calls_end(void)
{
    MPI_Request request;

    for (size_t i = 0; i < sizeof tracked / sizeof tracked[0]; i++)
        if (tracked[i].used && tracked[i].underway && !tracked[i].freed)
            ledger_fail(ledger_mine()->notes.look_at,
                        "An %s was begun, and nobody called MPI_Wait or MPI_Test for it.",
                        tracked[i].message.buffer ? "MPI_Isend" : "MPI_Irecv");
    ledger_wait("at the end");
    PMPI_Ibarrier(MPI_COMM_WORLD, &request);
    calls_finish("MPI_Barrier", &request, MPI_STATUS_IGNORE);
}

/* ---- how MPI begins and ends -------------------------------------------------------------- */

static void begin(void)
{
    /* Errors come back, and calls_check_error says what they are. */
    PMPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int MPI_Init(int *argc, char ***argv)
{
    int error = PMPI_Init(argc, argv);

    calls_asked = MPI_THREAD_SINGLE;
    begin();
    return error;
}

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    int error = PMPI_Init_thread(argc, argv, required, provided);

    calls_asked = required;
    begin();
    if (*provided > required)
        *provided = required;
    if (*provided > calls_most_provided)
        *provided = calls_most_provided;
    if (*provided < calls_least_provided)
        *provided = calls_least_provided;
    return error;
}

int MPI_Finalize(void)
{
    ledger_fail(ledger_mine()->notes.look_at,
                "MPI_Finalize was called: the program does that itself, at its end.");
}

int MPI_Abort(MPI_Comm comm, int code)
{
    (void)comm;
    ledger_fail(ledger_mine()->notes.look_at,
                "MPI_Abort was called, with %d: it ends all ranks, and no caller gets an error.",
                code);
}
