/* What the ports of kernel libraries share: scratch beside the arena. */
#ifndef NAS_PORTS_PORT_H
#define NAS_PORTS_PORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The scratch buffer, aligned to 16 bytes, if n_bytes fit into it; else NULL. One op uses it at a
 * time, and it keeps nothing from one op to the next. */
void *nas_port_scratch(int32_t n_bytes);

/* The most bytes by which the buffer was too small so far; 0 if it never was. An op whose scratch
 * does not fit is computed by the portable kernel: right, but slower. */
int32_t nas_port_scratch_missing(void);

#ifdef __cplusplus
}
#endif

#endif
