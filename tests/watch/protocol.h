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

#endif
