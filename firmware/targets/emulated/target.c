#include "target.h"

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
