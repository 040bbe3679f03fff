/* Fixed-point types and the one assumption about the compiler that the front end makes.
 *
 * Qn: an integer v stands for v / 2^n.
 */
#ifndef NAS_FIXED_H
#define NAS_FIXED_H

#include <stddef.h>
#include <stdint.h>

/* A right shift of a negative number rounds down on every compiler we build with; where it does
 * not, this array has a negative length and the build stops here. */
typedef char nas_shift_must_be_arithmetic_t[((-1 >> 1) == -1) ? 1 : -1];

#define NAS_Q15_ONE 32768
#define NAS_Q30_ONE 1073741824

#endif
