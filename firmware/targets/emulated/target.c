#include "target.h"

#define DIGITS 10

extern uint32_t target_bss_start[];
extern uint32_t target_bss_end[];

int main(void);

void target_main(void)
{
    for (volatile uint32_t *word = target_bss_start; word != target_bss_end; ++word) {
        *word = 0U;
    }
    target_exit(main());
}

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
