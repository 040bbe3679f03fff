/* What a program asks of an emulated board. Each target's folder answers in board.c and link.ld. */
#ifndef NAS_TARGET_H
#define NAS_TARGET_H

#include <stdint.h>

/* Write text, ended by a zero, to the emulator's standard output. */
void target_write(const char *text);

/* End the emulation with this exit code. */
void target_exit(int status) __attribute__((noreturn));

/* A reading of the board's clock; it runs with the instructions, not with time. Always 0 on a
 * board that has none. */
uint32_t target_clock(void);

/* Instructions executed between two readings that lie less than 2^32 instructions apart. The
 * readings themselves count a few: what lies between two in a row. */
uint32_t target_instructions(uint32_t from, uint32_t to);

/* Write `name value`, a line. */
void target_print(const char *name, uint32_t value);

/* Clear the variables, run main, end with what it returns. Called by start-up code. */
void target_main(void) __attribute__((noreturn));

#endif
