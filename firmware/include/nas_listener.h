/* For an application of decisions, in C or C++: the scores of each, and no events. One that wants
 * events includes `nas.h`, which has all of this, too.
 *
 * The headers below are C; here they get C linkage together, system headers first.
 */
#ifndef NAS_LISTENER_ALL_H
#define NAS_LISTENER_ALL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "listener.h"

#ifdef __cplusplus
}
#endif

#endif
