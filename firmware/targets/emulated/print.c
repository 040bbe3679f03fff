#include "target.h"

#define DIGITS 10

void target_print(const char *name, uint32_t value)
{
    char text[DIGITS + 2];
    char *start = text + DIGITS;
    start[0] = '\n';
    start[1] = '\0';
    do {
        *--start = (char)('0' + (char)(value % 10U));
        value /= 10U;
    } while (value > 0U);
    target_write(name);
    target_write(" ");
    target_write(start);
}
