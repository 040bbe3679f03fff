/* The part of a sliding window that lies inside the input, along one axis. */
#ifndef NAS_WINDOW_H
#define NAS_WINDOW_H

#include "fixed_point.h"

/* Taps begin..end-1 of the kernel are inside; tap k reads element origin + k * dilation. */
typedef struct {
    int32_t origin;
    int32_t begin;
    int32_t end;
} nas_window;

static inline nas_window nas_window_at(int32_t out, int32_t stride, int32_t padding,
                                       int32_t dilation, int32_t kernel, int32_t size)
{
    nas_window window;
    window.origin = out * stride - padding;
    window.begin = window.origin < 0 ? (dilation - 1 - window.origin) / dilation : 0;
    window.end = nas_min(kernel, (size - window.origin + dilation - 1) / dilation);
    return window;
}

#endif
