#include "nas/stages.h"

uint32_t nas_log2_q15(uint64_t value, const uint16_t *log2_table) {
    uint32_t exponent = 63;

    if (value == 0u) {
        return 0;
    }
    if ((value >> 32) == 0u) {
        value <<= 32;
        exponent = 31;
    }
    const unsigned zeros = nas_leading_zeros((uint32_t)(value >> 32));
    exponent -= zeros;
    /* The leading 1 goes to bit 63: 5 bits choose the chord, 15 more the place on it. */
    const uint32_t fraction = (uint32_t)((value << zeros) >> 43) & 0xfffffu;
    const uint32_t chord = fraction >> 15;
    const uint32_t place = fraction & 0x7fffu;
    const uint32_t low = log2_table[chord];
    const uint32_t rise = log2_table[chord + 1u] - low;
    return exponent * (uint32_t)NAS_Q15_ONE + low + ((rise * place + 0x4000u) >> 15);
}
