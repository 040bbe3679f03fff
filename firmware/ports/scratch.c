#include "port.h"

#include <stddef.h>

#include "nas/types.h"
#include "scratch.h"

static int8_t scratch[NAS_PORT_SCRATCH_BYTES] NAS_ALIGNED(16);
static int32_t missing;

void *nas_port_scratch(int32_t n_bytes)
{
    const int32_t over = n_bytes - NAS_PORT_SCRATCH_BYTES;
    if (over > 0) {
        missing = over > missing ? over : missing;
        return NULL;
    }
    return scratch;
}

int32_t nas_port_scratch_missing(void)
{
    return missing;
}
