/* What the proving programs share. */
#ifndef NAS_TARGET_MEASURE_H
#define NAS_TARGET_MEASURE_H

#include <stddef.h>

#include "target.h"

/* Instructions between two readings of the clock, without those of a reading. */
static inline uint32_t instructions(uint32_t start, uint32_t end)
{
    const uint32_t first = target_clock();
    const uint32_t reading = target_instructions(first, target_clock());
    return target_instructions(start, end) - reading;
}

/* Bytes of `got` that are not the expected ones. */
static inline uint32_t differing(const int8_t *got, const int8_t *expected, size_t count)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; ++i) {
        found += got[i] != expected[i] ? 1U : 0U;
    }
    return found;
}

#endif
