/* Output channels are computed in groups of four while four are left. */
#ifndef NAS_GROUP_H
#define NAS_GROUP_H

#include "nas/types.h"

#define NAS_GROUP 4

/* Cortex-M0, M0+ and M1: products of 32 bits, eight registers for most instructions. */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define NAS_ARMV6M 1
#endif

/* Loads and stores stay on their side of it. Moved up, loads would take more registers than the
 * core has. */
#define NAS_NEXT_LOAD() __asm__ volatile("" ::: "memory")

/* Where the sums of channels first to first + 3 start: their biases, or zeros without any. */
static inline const int32_t *nas_first_sums(const int32_t *bias, int32_t first)
{
    static const int32_t zeros[NAS_GROUP] = {0, 0, 0, 0};
    return bias != NULL ? bias + first : zeros;
}

#endif
