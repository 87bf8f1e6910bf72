/* Waiting for what MPI_Isend, MPI_Irecv and MPI_Start have begun: each way is a loop around
 * MPI_Test. */
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-ledger.h"

/* Asks once. Returns whether the request is over; one that is none is. */
static bool test(const char *call, MPI_Request *request, MPI_Status *status)
{
    MPI_Request before = *request;
    MPI_Status mine;
    int done;

    calls_check_error(call, PMPI_Test(request, &done, &mine));
    if (!done)
        return false;
    if (before != MPI_REQUEST_NULL)
        calls_complete(before, &mine);
    if (status != MPI_STATUS_IGNORE)
        *status = mine;
    return true;
}

static MPI_Status *status_at(MPI_Status *statuses, int i)
{
    return statuses == MPI_STATUSES_IGNORE ? MPI_STATUS_IGNORE : &statuses[i];
}

/* What all of these are made of: goes through the requests that are not over, and asks again until
 * `wanted` of them are, or if `wanted` is 0 only once. Stores the indices of those that are over
 * now. Returns how many; -1 if there was none to ask for. */
static int some(const char *call, int count, MPI_Request requests[], int wanted, int indices[],
                MPI_Status *statuses, bool by_index)
{
    int over = 0, active = 0;

    calls_check(call);
    for (int i = 0; i < count; i++)
        active += calls_is_under_way(requests[i]);
    if (active == 0)
        return -1;
    if (wanted > active)
        wanted = active;
    ledger_wait("in %s for %d messages that were begun", call, active);
    do {
        calls_look_at_freed();
        for (int i = 0; i < count; i++) {
            if (!calls_is_under_way(requests[i]) ||
                !test(call, &requests[i], status_at(statuses, by_index ? i : over)))
                continue;
            indices[over++] = i;
        }
        if (over < wanted)
            ledger_poll();
        else if (over == 0)
            ledger_asked();
    } while (over < wanted);
    if (over)
        ledger_waited();
    return over;
}

enum { MOST = 64 };

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
    int index;

    some("MPI_Wait", 1, request, 1, &index, status, true);
    return MPI_SUCCESS;
}

int MPI_Test(MPI_Request *request, int *done, MPI_Status *status)
{
    int index;

    *done = some("MPI_Test", 1, request, 0, &index, status, true) != 0;
    return MPI_SUCCESS;
}

int MPI_Waitall(int count, MPI_Request requests[], MPI_Status *statuses)
{
    int indices[MOST];

    some("MPI_Waitall", count, requests, count, indices, statuses, true);
    return MPI_SUCCESS;
}

int MPI_Waitsome(int count, MPI_Request requests[], int *over, int indices[], MPI_Status *statuses)
{
    *over = some("MPI_Waitsome", count, requests, 1, indices, statuses, false);
    if (*over == -1)
        *over = MPI_UNDEFINED;
    return MPI_SUCCESS;
}

int MPI_Testsome(int count, MPI_Request requests[], int *over, int indices[], MPI_Status *statuses)
{
    *over = some("MPI_Testsome", count, requests, 0, indices, statuses, false);
    if (*over == -1)
        *over = MPI_UNDEFINED;
    return MPI_SUCCESS;
}

/* The first that is over, and no other. */
static int any(const char *call, int count, MPI_Request requests[], bool wait, int *index,
               MPI_Status *status)
{
    int over = 0, mine, active = 0;

    *index = MPI_UNDEFINED;
    do {
        active = 0;
        for (int i = 0; i < count && over <= 0; i++) {
            if (!calls_is_under_way(requests[i]))
                continue;
            active++;
            over = some(call, 1, &requests[i], 0, &mine, status, true);
            if (over > 0)
                *index = i;
        }
        if (wait && over <= 0)
            ledger_poll();
    } while (wait && active && over <= 0);
    return over > 0 || active == 0;
}

int MPI_Waitany(int count, MPI_Request requests[], int *index, MPI_Status *status)
{
    any("MPI_Waitany", count, requests, true, index, status);
    return MPI_SUCCESS;
}

int MPI_Testany(int count, MPI_Request requests[], int *index, int *done, MPI_Status *status)
{
    *done = any("MPI_Testany", count, requests, false, index, status);
    return MPI_SUCCESS;
}

/* All or none: asks for each until it is over, which is allowed as none is used before. */
int MPI_Testall(int count, MPI_Request requests[], int *done, MPI_Status *statuses)
{
    int indices[MOST], left = 0;

    some("MPI_Testall", count, requests, 0, indices, statuses, true);
    for (int i = 0; i < count; i++)
        left += calls_is_under_way(requests[i]);
    *done = left == 0;
    return MPI_SUCCESS;
}
