/* The front ends there are. An application includes this and the generated frontend_tables.h. */
#ifndef NAS_FRONTEND_H
#define NAS_FRONTEND_H

#include "nas/log_mel.h"

#endif
