#pragma once
#include <stdint.h>
typedef float float32_t;
