#include "tests/suites/12-reference-counts.h"

#include "tests/harness/grader.h"

/* clang-format off */
static const struct graded_test tests[] = {
    {"locked", 2, "counts are right under the interpreter's lock",
     "locked_release", test_counts_locked,
     {"interp_attach returns 0 if it has taken the lock, and -1 if the thread had it already.",
      "Call interp_detach only if this very call of interp_attach has taken the lock.",
      "The lock is held while the count changes, and while destroy runs."}, NULL},
    {"mutex", 2, "counts are right under each object's own lock",
     "mutex_release", test_counts_mutex,
     {"Change the count between omp_set_lock and omp_unset_lock of object->lock.",
      "What the count is a moment later does not matter: remember what this release has left.",
      "The lock is in the object: when destroy has been called it must not be touched any more."},
     NULL},
    {"atomic", 3, "counts are right without a lock", "atomic_release", test_counts_atomic,
     {"Two threads may both read 1. Who of them has dropped the last reference?",
      "An atomic capture changes the count and says in the same step what it has become.",
      "#pragma omp atomic capture, then left = --object->count. Use `left`, not the count."}, NULL},
    {"atomic-order", 1, "the destructor sees what others have done",
     "atomic_release", test_counts_atomic_order,
     {"Without an order, an atomic step says nothing about other memory.",
      "A release must publish (release) what its thread did, and the last must see it (acquire).",
      "#pragma omp atomic capture acq_rel."}, "atomic"},
    {"owner", 2, "the owner counts without atomic changes", "biased_release", test_counts_owner,
     {"is_mine says whether the calling thread is the owner.",
      "Load local, relaxed; store one more, relaxed. `object->local++` would be an atomic change.",
      "When local gets 0 look at shared before you destroy."}, NULL},
    {"shared", 3, "two parts make one count", "merge", test_counts_shared,
     {"Others may change `shared` at any time: compare and exchange, in a loop.",
      "An object may be destroyed only if both parts together are 0: local is 0, and shared has no "
      "reference.",
      "While the state is not MERGED, the owner's part may hold a reference: leave it alone.",
      "Once others see MERGED, they may destroy the object: owner and local must be set before."},
     "owner"},
    {"queue", 3, "a last reference of another thread goes through the owner's queue",
     "enqueue", test_counts_queue,
     {"Only the release that finds `shared` 0 puts the object into the queue. If it is "
      "QUEUED, it is there already.",
      "The queue holds a reference: subtract nothing when you put the object there.",
      "Whoever takes it out drops that reference: release_queued."}, "owner shared"},
    {"leave", 2, "an owner may leave before its objects", "owner_leave", test_counts_leave,
     {"Somebody may put an object into the queue just after you looked.",
      "That the queue is empty and that the owner is gone must be one step, under the lock.",
      "Call release_queued without the lock: a destructor may release an object of the same "
      "owner."}, "owner shared queue"},
    {"biased-order", 1, "merging sees what others have done",
     "merge", test_counts_biased_order,
     {"Every step by which a reference is dropped for others to see publishes: release.",
      "Every step that may lead to destroy acquires, also the load of shared in biased_release.",
      "memory_order_acq_rel for the exchange, memory_order_acquire for that load."},
     "owner shared queue leave"},
    {"immortal", 1, "immortal objects are left alone", "biased_release", test_counts_immortal,
     {"Look whether local is IMMORTAL before anything else.",
      "Both biased_retain and biased_release: return at once."}, "owner"},
};
/* clang-format on */

const struct graded_suite graded_suite = {"12-reference-counts", "counts.c", tests,
                                          sizeof tests / sizeof tests[0]};
