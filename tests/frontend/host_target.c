/* target.h where a host plays the board; nothing is counted. */
#include "target.h"

#include <stdio.h>

void target_print(const char *name, uint32_t value)
{
    printf("%s %lu\n", name, (unsigned long)value);
}
