/* Lab 07's topic.c is compiled with -fsanitize=thread but linked without the sanitiser. Its calls
 * before each access to memory come here instead: an addition that is not kept apart from the other
 * threads' then loses what they added, on one CPU as on many. Atomic operations come here as well,
 * and are carried out. */
#include "tests/grader/races.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"

static atomic_bool forced;

void races_force(bool on)
{
    atomic_store(&forced, on);
}

/* Before a store its value is worked out already: what others store meanwhile is overwritten. */
static void sleep_before_store(void)
{
    if (atomic_load_explicit(&forced, memory_order_relaxed))
        clock_sleep(20000);
}

/* The sanitiser's interface, as GCC and clang call it (compiler-rt, tsan_interface.h and
 * tsan_interface_atomic.h). It has no header to include here; the names are reserved ones. */
void __tsan_init(void);
void __tsan_func_entry(void *at);
void __tsan_func_exit(void *at);

void __tsan_init(void)
{
}

void __tsan_func_entry(void *at)
{
    (void)at;
}

void __tsan_func_exit(void *at)
{
    (void)at;
}

#define READ_HOOK(name)                                                                            \
    void name(void *at);                                                                           \
    void name(void *at)                                                                            \
    {                                                                                              \
        (void)at;                                                                                  \
    }
#define WRITE_HOOK(name)                                                                           \
    void name(void *at);                                                                           \
    void name(void *at)                                                                            \
    {                                                                                              \
        (void)at;                                                                                  \
        sleep_before_store();                                                                      \
    }
#define PLAIN_HOOKS(size)                                                                          \
    READ_HOOK(__tsan_read##size)                                                                   \
    READ_HOOK(__tsan_unaligned_read##size)                                                         \
    READ_HOOK(__tsan_volatile_read##size)                                                          \
    WRITE_HOOK(__tsan_write##size)                                                                 \
    WRITE_HOOK(__tsan_unaligned_write##size)                                                       \
    WRITE_HOOK(__tsan_volatile_write##size)                                                        \
    WRITE_HOOK(__tsan_read_write##size)                                                            \
    WRITE_HOOK(__tsan_unaligned_read_write##size)

PLAIN_HOOKS(1)
PLAIN_HOOKS(2)
PLAIN_HOOKS(4)
PLAIN_HOOKS(8)
PLAIN_HOOKS(16)

#define RANGE_HOOK(name)                                                                           \
    void name(void *at, long size);                                                                \
    void name(void *at, long size)                                                                 \
    {                                                                                              \
        (void)at, (void)size;                                                                      \
        sleep_before_store();                                                                      \
    }
RANGE_HOOK(__tsan_read_range)
RANGE_HOOK(__tsan_write_range)

/* The strongest order serves for every order asked for. */
#define TYPE(bits) uint##bits##_t
#define ATOMIC_FETCH(bits, operation)                                                              \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_fetch_##operation(volatile void *at, TYPE(bits) value, int order);       \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_fetch_##operation(volatile void *at, TYPE(bits) value, int order)        \
    {                                                                                              \
        (void)order;                                                                               \
        return __atomic_fetch_##operation((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);     \
    }
#define ATOMIC_COMPARE(bits, strength, weak)                                                       \
    bool __tsan_atomic##bits##_compare_exchange_##strength(                                        \
        volatile void *at, void *expected, TYPE(bits) value, int order, int failure_order);        \
    bool __tsan_atomic##bits##_compare_exchange_##strength(                                        \
        volatile void *at, void *expected, TYPE(bits) value, int order, int failure_order)         \
    {                                                                                              \
        (void)order, (void)failure_order;                                                          \
        return __atomic_compare_exchange_n((volatile TYPE(bits) *)at, (TYPE(bits) *)expected,      \
                                           value, weak, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
    }
#define ATOMIC_HOOKS(bits)                                                                         \
    TYPE(bits) __tsan_atomic##bits##_load(const volatile void *at, int order);                     \
    TYPE(bits) __tsan_atomic##bits##_load(const volatile void *at, int order)                      \
    {                                                                                              \
        (void)order;                                                                               \
        return __atomic_load_n((const volatile TYPE(bits) *)at, __ATOMIC_SEQ_CST);                 \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile void *at, TYPE(bits) value, int order);              \
    void __tsan_atomic##bits##_store(volatile void *at, TYPE(bits) value, int order)               \
    {                                                                                              \
        (void)order;                                                                               \
        sleep_before_store();                                                                      \
        __atomic_store_n((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);                      \
    }                                                                                              \
    TYPE(bits) __tsan_atomic##bits##_exchange(volatile void *at, TYPE(bits) value, int order);     \
    TYPE(bits) __tsan_atomic##bits##_exchange(volatile void *at, TYPE(bits) value, int order)      \
    {                                                                                              \
        (void)order;                                                                               \
        return __atomic_exchange_n((volatile TYPE(bits) *)at, value, __ATOMIC_SEQ_CST);            \
    }                                                                                              \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_compare_exchange_val(volatile void *at, TYPE(bits) expected,             \
                                               TYPE(bits) value, int order, int failure_order);    \
    TYPE(bits)                                                                                     \
    __tsan_atomic##bits##_compare_exchange_val(volatile void *at, TYPE(bits) expected,             \
                                               TYPE(bits) value, int order, int failure_order)     \
    {                                                                                              \
        (void)order, (void)failure_order;                                                          \
        __atomic_compare_exchange_n((volatile TYPE(bits) *)at, &expected, value, 0,                \
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                           \
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
    (void)order;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
