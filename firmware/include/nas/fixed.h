/* Fixed-point constants of the front end.
 *
 * Qn: an integer v stands for v / 2^n.
 */
#ifndef NAS_FIXED_H
#define NAS_FIXED_H

#include "nas/types.h"

#define NAS_Q15_ONE 32768
#define NAS_Q30_ONE 1073741824

#endif
