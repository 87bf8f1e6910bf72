/* A function under test when memory runs out. */
#ifndef LOCKSTEP_HARNESS_NO_MEMORY_H
#define LOCKSTEP_HARNESS_NO_MEMORY_H

/* Calls a function over and over while its first allocation fails, then its second, and so on up to
 * the last that it makes: alone, or with all after it; and then while none fails. `name` is the
 * function's; `call` returns what the function returned: a number below 0 means that it failed.
 * Fails the test if the function fails with anything but -1 and ENOMEM (or ECHILD, as a child may
 * die of it), or leaves something behind. */
void no_memory_try(const char *name, int (*call)(void));

#endif
