/* The part of a sliding window that lies inside the input, along one axis. */
#ifndef NAS_WINDOW_H
#define NAS_WINDOW_H

#include "fixed_point.h"

/* Taps begin..end-1 of the kernel are inside; tap k reads element origin + k * dilation. Where
 * none is, all are 0, and no pointer made of them leaves the input or the kernel. */
typedef struct {
    int32_t origin;
    int32_t begin;
    int32_t end;
} nas_window;

/* Divides for a dilation only: it takes long on a core without the instruction. */
static inline nas_window nas_window_at(int32_t out, int32_t stride, int32_t padding,
                                       int32_t dilation, int32_t kernel, int32_t size)
{
    nas_window window;
    int32_t before, inside;
    window.origin = out * stride - padding;
    before = window.origin < 0 ? -window.origin : 0;
    inside = size - window.origin;
    if (dilation > 1) {
        before = (before + dilation - 1) / dilation;
        inside = (inside + dilation - 1) / dilation;
    }
    window.begin = before;
    window.end = nas_min(kernel, inside);
    if (window.end <= before) {
        const nas_window none = {0, 0, 0};
        return none;
    }
    return window;
}

#endif
