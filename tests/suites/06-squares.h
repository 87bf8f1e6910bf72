/* The tests of lab 06's suite: 06-squares.c has the table of them. */
#ifndef LOCKSTEP_SUITES_SQUARES_H
#define LOCKSTEP_SUITES_SQUARES_H

/* 06-squares-work.c: what children print and send back. */
void test_squares_one_by_one(void);
void test_squares_together(void);

/* 06-squares-at-once.c: how many there are. */
void test_squares_at_once(void);
void test_squares_short(void);

/* 06-squares-bytes.c: write_all and read_all alone. */
void test_squares_bytes(void);

/* 06-squares-faults.c: children that die, or fail. */
void test_squares_child_dies(void);
void test_squares_overflow(void);

/* 06-squares-output.c: what becomes of children that cannot write; a part of test "overflow". */
struct squares_way;
void squares_expect_output_errors(const struct squares_way *way);

/* 06-squares-many.c: hundreds of children; a part of test "caller", as the caller ignores
 * SIGCHLD. */
void squares_expect_many(const struct squares_way *way);

/* 06-squares-tidy.c: what is left behind. */
void test_squares_tidy(void);

/* 06-squares-caller.c: what else the caller has. */
void test_squares_caller(void);

#endif
