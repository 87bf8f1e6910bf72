/* What a test tells the judge: messages over a socket (SOCK_SEQPACKET, so that each stays whole).
 *
 * The judge sends one message first: a nonce that nobody can guess. The process that becomes the
 * test says hello before the test's program begins in it. After that each message is a word, a
 * space and a text. Only "end NONCE" is a pass, and only from the process that said hello; the
 * kernel tells the judge who sent a message (SO_PASSCRED). */
#ifndef LOCKSTEP_WATCH_PROTOCOL_H
#define LOCKSTEP_WATCH_PROTOCOL_H

#define PROTOCOL_HELLO       "hello"
#define PROTOCOL_FAILED      "failed"      /* FUNCTION, a tab, what was expected and seen */
#define PROTOCOL_NOT_STARTED "not-started" /* the function that is not written yet */
#define PROTOCOL_END         "end"         /* the nonce */

/* A message with the '\0' that ends it in memory. What is longer is cut off. */
enum { PROTOCOL_MESSAGE_SIZE = 2048 };

/* The C library's settings in a test (GLIBC_TUNABLES). glibc keeps some freed memory for each
 * thread, and counts it as in use: how much that is depends on which thread was quicker. The census
 * of the heap is to see only what was not freed. And what malloc gives, and what was freed, is
 * filled with a pattern: nobody finds a zero by luck that he did not store, or what he has freed
 * already. */
#define PROTOCOL_HEAP "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"

#endif
