/* What the compiler calls and Debian's libgcc for the LX106 leaves out, because an ESP8266 has it
 * in ROM: 64-bit products, and division. Plain and slow: nothing is timed here. */
#include <stdint.h>

uint64_t __umulsidi3(uint32_t a, uint32_t b);
int64_t __muldi3(int64_t a, int64_t b);
uint32_t __udivsi3(uint32_t dividend, uint32_t divisor);
uint32_t __umodsi3(uint32_t dividend, uint32_t divisor);
int32_t __divsi3(int32_t dividend, int32_t divisor);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divdi3(int64_t dividend, int64_t divisor);

uint64_t __umulsidi3(uint32_t a, uint32_t b)
{
    const uint32_t low = (a & 0xFFFFU) * (b & 0xFFFFU);
    const uint32_t first = (a >> 16) * (b & 0xFFFFU) + (low >> 16);
    const uint32_t second = (a & 0xFFFFU) * (b >> 16) + (first & 0xFFFFU);
    const uint32_t high = (a >> 16) * (b >> 16) + (first >> 16) + (second >> 16);
    return ((uint64_t)high << 32) | ((second << 16) | (low & 0xFFFFU));
}

/* The low 64 bits, which are the same with and without signs. */
int64_t __muldi3(int64_t a, int64_t b)
{
    const uint64_t x = (uint64_t)a, y = (uint64_t)b;
    const uint32_t crossed = (uint32_t)(x >> 32) * (uint32_t)y + (uint32_t)x * (uint32_t)(y >> 32);
    return (int64_t)(__umulsidi3((uint32_t)x, (uint32_t)y) + ((uint64_t)crossed << 32));
}

/* Bit by bit; `remainder` takes what is left. By 0: all ones, as other cores do. */
static uint64_t divided(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
    uint64_t quotient = 0U, left = 0U;
    for (int bit = 63; bit >= 0; --bit) {
        const uint64_t carried = left >> 63;
        left = (left << 1) | ((dividend >> bit) & 1U);
        quotient <<= 1;
        if (carried != 0U || left >= divisor) {
            left -= divisor;
            quotient |= 1U;
        }
    }
    *remainder = left;
    return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;
    return divided(dividend, divisor, &remainder);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;
    (void)divided(dividend, divisor, &remainder);
    return remainder;
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
    const uint64_t a = dividend < 0 ? 0U - (uint64_t)dividend : (uint64_t)dividend;
    const uint64_t b = divisor < 0 ? 0U - (uint64_t)divisor : (uint64_t)divisor;
    const uint64_t quotient = __udivdi3(a, b);
    return (int64_t)((dividend < 0) != (divisor < 0) ? 0U - quotient : quotient);
}

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor)
{
    return (uint32_t)__udivdi3(dividend, divisor);
}

uint32_t __umodsi3(uint32_t dividend, uint32_t divisor)
{
    return (uint32_t)__umoddi3(dividend, divisor);
}

int32_t __divsi3(int32_t dividend, int32_t divisor)
{
    return (int32_t)__divdi3(dividend, divisor);
}
