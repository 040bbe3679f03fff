#include "nas/stages.h"

static uint32_t high_word(uint32_t a, uint32_t b) {
    return (uint32_t)(((uint64_t)a * b) >> 32);
}

/* 1 / sqrt(x / 2^32) in Q30, for x from 2^30 up: three steps of Newton, y (3 - x y^2) / 2. The
 * first y is 2.138 - 1.2217 x, within 8.4 %; the steps leave 1.1 %, 0.018 % and 5e-8, all below.
 * Rounding may lift it by 2.5 parts of 2^30, so 6 are taken: the result is never above. */
static uint32_t inverse_root(uint32_t x) {
    uint32_t y = 2295659847u - high_word(x, 1311822601u);
    for (int step = 0; step < 3; step++) {
        const uint32_t product = (uint32_t)(((uint64_t)high_word(y, y) * x) >> 30);
        y = (uint32_t)(((uint64_t)y * (3u * (uint32_t)NAS_Q30_ONE - product)) >> 31);
    }
    return y - 6u;
}

uint32_t nas_sqrt_u64(uint64_t value) {
    unsigned zeros = 0;

    if (value == 0u) {
        return 0;
    }
    if ((value >> 32) == 0u) {
        value <<= 32;
        zeros = 32;
    }
    const unsigned even = nas_leading_zeros((uint32_t)(value >> 32)) & ~1u;
    value <<= even;
    const uint32_t high = (uint32_t)(value >> 32);
    const uint32_t inverse = inverse_root(high);
    /* At most some 250 below; what is missing is rest / (2 root), to within 1. */
    uint32_t root = (uint32_t)(((uint64_t)high * inverse) >> 30);
    const uint32_t rest = (uint32_t)((value - (uint64_t)root * root) >> 11);
    root += (uint32_t)(((uint64_t)rest * inverse) >> 52);
    if (value - (uint64_t)root * root > 2u * (uint64_t)root) {
        root++;
    }
    return root >> ((zeros + even) / 2u);
}
