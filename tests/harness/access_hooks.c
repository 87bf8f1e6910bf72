/* A point of a forced stop (forced_stop.h) or of an interleaving (interleave.h) before each access
 * to memory.
 *
 * The file of a lab that the table flags with "races" is compiled with -fsanitize=thread, but
 * linked without the sanitiser. The compiler then puts a call before each access to memory that
 * other threads may reach, and the functions called are these. By the time of the call, the value
 * that a store is to store is worked out already: if the thread is stopped here, the store
 * overwrites whatever others have stored meanwhile, and the addition that they made is lost. That
 * is the race which usually takes two CPUs and bad luck. Atomic operations come here instead of
 * being carried out in place, and are carried out here.
 *
 * The sanitiser's interface is as GCC and clang call it (compiler-rt, tsan_interface.h and
 * tsan_interface_atomic.h). It has no header to include here; the names are reserved ones. */
#include <stdint.h>
#include <string.h>

#include "tests/harness/access.h"
#include "tests/harness/constructs.h"

/* Just before an atomic change, and just after it. */
static void change_begins(const volatile void *at, size_t size)
{
    atomic_fetch_add(&constructs.atomics, 1);
    access_point(ACCESS_CHANGE, at, size);
}

static void compare_ends(const volatile void *at, bool changed, int order, int failure_order)
{
    access_ordered(changed ? ACCESS_CHANGE : ACCESS_LOAD, at, changed ? order : failure_order);
}

void __tsan_init(void);
void __tsan_func_entry(void *at);
void __tsan_func_exit(void *at);

void __tsan_init(void)
{
}

void __tsan_func_entry(void *at)
{
    (void)at;
    atomic_store_explicit(&constructs.watched, true, memory_order_relaxed);
}

void __tsan_func_exit(void *at)
{
    (void)at;
}

#define ACCESS_HOOK(name, kind, size)                                                              \
    void name(void *at);                                                                           \
    void name(void *at)                                                                            \
    {                                                                                              \
        access_point(kind, at, size);                                                              \
    }
#define PLAIN_HOOKS(size)                                                                          \
    ACCESS_HOOK(__tsan_read##size, ACCESS_READ, size)                                              \
    ACCESS_HOOK(__tsan_unaligned_read##size, ACCESS_READ, size)                                    \
    ACCESS_HOOK(__tsan_volatile_read##size, ACCESS_READ, size)                                     \
    ACCESS_HOOK(__tsan_write##size, ACCESS_WRITE, size)                                            \
    ACCESS_HOOK(__tsan_unaligned_write##size, ACCESS_WRITE, size)                                  \
    ACCESS_HOOK(__tsan_volatile_write##size, ACCESS_WRITE, size)                                   \
    ACCESS_HOOK(__tsan_read_write##size, ACCESS_WRITE, size)                                       \
    ACCESS_HOOK(__tsan_unaligned_read_write##size, ACCESS_WRITE, size)

PLAIN_HOOKS(1)
PLAIN_HOOKS(2)
PLAIN_HOOKS(4)
PLAIN_HOOKS(8)
PLAIN_HOOKS(16)

#define RANGE_HOOK(name, kind)                                                                     \
    void name(void *at, long size);                                                                \
    void name(void *at, long size)                                                                 \
    {                                                                                              \
        access_point(kind, at, (size_t)size);                                                      \
    }
RANGE_HOOK(__tsan_read_range, ACCESS_READ)
RANGE_HOOK(__tsan_write_range, ACCESS_WRITE)

/* What newer versions of clang make of memcpy, memmove and memset. */
void *__tsan_memcpy(void *to, const void *from, uintptr_t size);
void *__tsan_memmove(void *to, const void *from, uintptr_t size);
void *__tsan_memset(void *at, int value, uintptr_t size);

void *__tsan_memcpy(void *to, const void *from, uintptr_t size)
{
    access_point(ACCESS_READ, from, size);
    access_point(ACCESS_WRITE, to, size);
    return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, uintptr_t size)
{
    access_point(ACCESS_READ, from, size);
    access_point(ACCESS_WRITE, to, size);
    return memmove(to, from, size);
}

void *__tsan_memset(void *at, int value, uintptr_t size)
{
    access_point(ACCESS_WRITE, at, size);
    return memset(at, value, size);
}

/* The strongest order serves for every order asked for. */
#define TYPE(bits) uint##bits##_t
#define ATOMIC_FETCH(bits, operation)                                                              \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_fetch_##operation(volatile void *at, TYPE(bits) value, int order);       \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_fetch_##operation(volatile void *at, TYPE(bits) value, int order)        \
    {                                                                                              \
        change_begins(at, (bits) / 8);                                                             \
        value = __atomic_fetch_##operation((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);    \
        access_ordered(ACCESS_CHANGE, at, order);                                                  \
        return value;                                                                              \
    }
#define ATOMIC_COMPARE(bits, strength, weak)                                                       \
    bool __tsan_atomic##bits##_compare_exchange_##strength(                                        \
        volatile void *at, void *expected, TYPE(bits) value, int order, int failure_order);        \
    bool __tsan_atomic##bits##_compare_exchange_##strength(                                        \
        volatile void *at, void *expected, TYPE(bits) value, int order, int failure_order)         \
    {                                                                                              \
        bool changed;                                                                              \
                                                                                                   \
        change_begins(at, (bits) / 8);                                                             \
        changed = __atomic_compare_exchange_n((volatile TYPE(bits) *)at, (TYPE(bits) *)expected,   \
                                              value, weak, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);    \
        compare_ends(at, changed, order, failure_order);                                           \
        return changed;                                                                            \
    }
#define ATOMIC_HOOKS(bits)                                                                         \
    TYPE(bits) __tsan_atomic##bits##_load(const volatile void *at, int order);                     \
    TYPE(bits) __tsan_atomic##bits##_load(const volatile void *at, int order)                      \
    {                                                                                              \
        TYPE(bits) value;                                                                          \
                                                                                                   \
        access_point(ACCESS_LOAD, at, (bits) / 8);                                                 \
        value = __atomic_load_n((const volatile TYPE(bits) *)at, __ATOMIC_SEQ_CST);                \
        access_ordered(ACCESS_LOAD, at, order);                                                    \
        return value;                                                                              \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile void *at, TYPE(bits) value, int order);              \
    void __tsan_atomic##bits##_store(volatile void *at, TYPE(bits) value, int order)               \
    {                                                                                              \
        access_point(ACCESS_STORE, at, (bits) / 8);                                                \
        __atomic_store_n((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);                      \
        access_ordered(ACCESS_STORE, at, order);                                                   \
    }                                                                                              \
    TYPE(bits) __tsan_atomic##bits##_exchange(volatile void *at, TYPE(bits) value, int order);     \
    TYPE(bits) __tsan_atomic##bits##_exchange(volatile void *at, TYPE(bits) value, int order)      \
    {                                                                                              \
        change_begins(at, (bits) / 8);                                                             \
        value = __atomic_exchange_n((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);           \
        access_ordered(ACCESS_CHANGE, at, order);                                                  \
        return value;                                                                              \
    }                                                                                              \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_compare_exchange_val(volatile void *at, TYPE(bits) expected,             \
                                               TYPE(bits) value, int order, int failure_order);    \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_compare_exchange_val(volatile void *at, TYPE(bits) expected,             \
                                               TYPE(bits) value, int order, int failure_order)     \
    {                                                                                              \
        bool changed;                                                                              \
                                                                                                   \
        change_begins(at, (bits) / 8);                                                             \
        changed = __atomic_compare_exchange_n((volatile TYPE(bits) *)at, &expected, value, 0,      \
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
        compare_ends(at, changed, order, failure_order);                                           \
        return expected;                                                                           \
    }                                                                                              \
    ATOMIC_COMPARE(bits, strong, 0)                                                                \
    ATOMIC_COMPARE(bits, weak, 1)                                                                  \
    ATOMIC_FETCH(bits, add)                                                                        \
    ATOMIC_FETCH(bits, sub)                                                                        \
    ATOMIC_FETCH(bits, and)                                                                        \
    ATOMIC_FETCH(bits, or)                                                                         \
    ATOMIC_FETCH(bits, xor)                                                                        \
    ATOMIC_FETCH(bits, nand)

ATOMIC_HOOKS(8)
ATOMIC_HOOKS(16)
ATOMIC_HOOKS(32)
ATOMIC_HOOKS(64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_signal_fence(int order);

void __tsan_atomic_thread_fence(int order)
{
    access_fenced(order);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
