/* This computer in place of a board: verify.c as a program of its own, to compare bytes with any
 * compiler. Nothing is counted and no stack is painted. */
#include <stdio.h>
#include <stdlib.h>

#include "target.h"

void target_write(const char *text)
{
    (void)fputs(text, stdout);
}

void target_exit(int status)
{
    exit(status);
}

uint32_t target_clock(void)
{
    return 0U;
}

uint32_t target_instructions(uint32_t from, uint32_t to)
{
    return to - from;
}
