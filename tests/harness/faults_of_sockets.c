/* Faults of sockets, pipes and files, and of the calls that wait for sockets. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

static void note_limit(int ms)
{
    struct faults *faults = faults_now();
    int none = 0;

    atomic_compare_exchange_strong(&faults->first_wait_ms, &none, ms);
    if (!atomic_load(&faults->late))
        return;
    atomic_store(&faults->waited_again, true);
    if (atomic_load(&faults->noted_until) && clock_wall() >= atomic_load(&faults->noted_until))
        return;
    if (ms > atomic_load(&faults->longest_wait_ms))
        atomic_store(&faults->longest_wait_ms, ms);
}

/* Whether the wait that begins is interrupted, and that when so much of its time is over. */
static bool wait_breaks(void)
{
    int ms = atomic_exchange(&faults_now()->wait_broken_ms, 0);

    if (ms <= 0)
        return false;
    grader_done_to("a blocking call was interrupted by a signal (EINTR)");
    clock_sleep(ms * NS_PER_MS);
    atomic_store(&faults_now()->late, true);
    errno = EINTR;
    return true;
}

/* Whether the wait that begins is to fail; errno is set then. -1: it has no limit. */
static bool wait_fails(int64_t limit_ms)
{
    if (limit_ms == 0) /* a look */
        return false;
    note_limit(limit_ms > 0 && limit_ms < INT_MAX ? (int)limit_ms : INT_MAX);
    if (faults_now()->at_wait)
        faults_now()->at_wait();
    return (limit_ms > 0 && wait_breaks()) || faults_interrupt_call("poll");
}

/* Who asks again and again is let through in the end. */
static bool poll_fails(int64_t limit_ms)
{
    enum { MOST = 1000 };
    struct faults *faults = faults_now();
    int error = atomic_load(&faults->wait_error);

    if (limit_ms == 0 || !error || atomic_fetch_add(&faults->waits_failed, 1) >= MOST)
        return wait_fails(limit_ms);
    grader_done_to("poll was made to fail");
    errno = error;
    return true;
}

/* The test is told of each call for a connection that its answer makes. */
static void tell_of(const char *call)
{
    if (faults_now()->at_socket)
        faults_now()->at_socket(call);
}

/* A wait has found so much. */
static int end_wait(int found)
{
    int late_ms = found > 0 ? atomic_exchange(&faults_now()->wait_late_ms, 0) : 0;

    if (late_ms > 0) {
        grader_done_to("a wait of it was over late");
        clock_sleep(late_ms * NS_PER_MS);
        atomic_store(&faults_now()->late, true);
    }
    return found;
}

int graded_poll(struct pollfd *files, nfds_t count, int timeout)
{
    return poll_fails(timeout) ? -1 : end_wait(faults_poll(files, count, timeout));
}

int graded_ppoll(struct pollfd *files, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    int64_t ms = -1;

    if (timeout && timeout->tv_sec < INT_MAX)
        ms = timeout->tv_sec * 1000 + (timeout->tv_nsec + NS_PER_MS - 1) / NS_PER_MS;
    else if (timeout)
        ms = INT64_MAX; /* as for ever as the caller can say */
    return poll_fails(ms) ? -1 : end_wait(ppoll(files, count, timeout, mask));
}

int graded_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
    return wait_fails(timeout) ? -1 : end_wait(epoll_wait(epoll, events, most, timeout));
}

int graded_socket(int domain, int type, int protocol)
{
    int left = atomic_load(&faults_now()->socket_fails_at);

    while (left > 0 &&
           !atomic_compare_exchange_weak(&faults_now()->socket_fails_at, &left, left - 1))
        ; /* several threads may count down at once */
    if (left == 1) {
        grader_done_to("socket was made to fail (EMFILE)");
        errno = EMFILE;
        return -1;
    }
    atomic_fetch_add(&faults_now()->sockets, 1);
    return socket(domain, type, protocol);
}

/* Only a connect that waits is interrupted, and its connection is then made all the same: so the
 * system has it, too. */
int graded_connect(int file, const struct sockaddr *address, socklen_t size)
{
    int flags = fcntl(file, F_GETFL), result, error;

    tell_of("connect");
    if (!(fcntl(file, F_GETFD) & FD_CLOEXEC))
        atomic_store(&faults_now()->inherited, true);
    error = atomic_exchange(&faults_now()->connect_error, 0);
    if (error) {
        grader_done_to("connect was made to fail");
        errno = error;
        return -1;
    }
    if (flags & O_NONBLOCK || !faults_interrupt_call("connect"))
        return connect(file, address, size);
    fcntl(file, F_SETFL, flags | O_NONBLOCK);
    result = connect(file, address, size);
    error = errno;
    fcntl(file, F_SETFL, flags);
    errno = result == -1 && error == EINPROGRESS ? EINTR : error;
    return result;
}

/* A stream may be cut anywhere. A message that is cut is another message. */
static size_t size_of_part(int file, size_t asked)
{
    int type;
    socklen_t size = sizeof type;

    if (getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &size) || type != SOCK_STREAM)
        return asked;
    return faults_size(asked);
}

static bool is_local(int socket)
{
    int domain;
    socklen_t size = sizeof domain;

    return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

/* An empty pipe, or a local socket whose reader has read all, takes some bytes at once, and the
 * system returns no EINTR. */
bool faults_has_room(int file, size_t size)
{
    const int error = errno;
    struct stat kind;
    int held = -1;

    if (size <= PIPE_BUF && fstat(file, &kind) == 0) {
        if (S_ISFIFO(kind.st_mode))
            ioctl(file, FIONREAD, &held);
        else if (S_ISSOCK(kind.st_mode) && is_local(file))
            ioctl(file, SIOCOUTQ, &held);
    }
    errno = error;
    return held == 0;
}

ssize_t graded_send(int file, const void *buffer, size_t size, int flags)
{
    tell_of("send");
    if (!faults_has_room(file, size) && faults_interrupt_call("send"))
        return -1;
    return send(file, buffer, size_of_part(file, size), flags);
}

ssize_t graded_sendto(int file, const void *buffer, size_t size, int flags,
                      const struct sockaddr *to, socklen_t length)
{
    if (faults_interrupt_call("send"))
        return -1;
    return sendto(file, buffer, size_of_part(file, size), flags, to, length);
}

ssize_t graded_recv(int file, void *buffer, size_t size, int flags)
{
    tell_of("recv");
    if (faults_interrupt_call("recv"))
        return -1;
    return recv(file, buffer, size_of_part(file, size), flags);
}

static bool may_block(int file)
{
    int flags = fcntl(file, F_GETFL);

    return flags == -1 || !(flags & O_NONBLOCK);
}

ssize_t graded_read(int file, void *buffer, size_t size)
{
    if (may_block(file) && faults_interrupt())
        return -1;
    return read(file, buffer, faults_size(size));
}

static bool pipe_takes_all(int file, size_t size)
{
    struct stat about;

    return atomic_load(&faults_now()->whole_to_pipes) && size <= PIPE_BUF &&
           fstat(file, &about) == 0 && S_ISFIFO(about.st_mode);
}

ssize_t graded_write(int file, const void *buffer, size_t size)
{
    atomic_fetch_add(&faults_now()->writes, 1);
    if (may_block(file) && !faults_has_room(file, size) && faults_interrupt())
        return -1;
    return write(file, buffer, pipe_takes_all(file, size) ? size : faults_size(size));
}

ssize_t graded_recvfrom(int file, void *buffer, size_t size, int flags, struct sockaddr *from,
                        socklen_t *length)
{
    if (faults_interrupt_call("recv"))
        return -1;
    return recvfrom(file, buffer, size_of_part(file, size), flags, from, length);
}

/* The message, or a part of its first piece, where calls are to be cut. */
static struct msghdr part_of(int file, const struct msghdr *message, struct iovec *piece)
{
    struct msghdr part = *message;

    if (part.msg_iovlen == 0)
        return part;
    *piece = part.msg_iov[0];
    piece->iov_len = size_of_part(file, piece->iov_len);
    if (piece->iov_len < part.msg_iov[0].iov_len) {
        part.msg_iov = piece;
        part.msg_iovlen = 1;
    }
    return part;
}

ssize_t graded_sendmsg(int file, const struct msghdr *message, int flags)
{
    struct iovec piece;
    struct msghdr part = part_of(file, message, &piece);

    return faults_interrupt_call("send") ? -1 : sendmsg(file, &part, flags);
}

ssize_t graded_recvmsg(int file, struct msghdr *message, int flags)
{
    struct iovec piece;
    struct msghdr part = part_of(file, message, &piece);
    ssize_t got;

    if (faults_interrupt_call("recv"))
        return -1;
    got = recvmsg(file, &part, flags);
    message->msg_namelen = part.msg_namelen;
    message->msg_controllen = part.msg_controllen;
    message->msg_flags = part.msg_flags;
    return got;
}
