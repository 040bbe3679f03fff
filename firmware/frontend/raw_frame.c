#include <string.h>

#include "nas/raw.h"
#include "nas/stages.h"

static int32_t dot_before(const int16_t *taps, const int32_t *samples, size_t n) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (int32_t)taps[i] * samples[i];
    }
    return sum;
}

/* Four at a time: the compiler unrolls nothing at -O2. */
static int32_t dot(const int16_t *taps, const int16_t *samples, size_t n) {
    int32_t sum = 0;
    for (; n >= 4u; n -= 4u, taps += 4, samples += 4) {
        sum += (int32_t)taps[0] * samples[0];
        sum += (int32_t)taps[1] * samples[1];
        sum += (int32_t)taps[2] * samples[2];
        sum += (int32_t)taps[3] * samples[3];
    }
    for (size_t i = 0; i < n; i++) {
        sum += (int32_t)taps[i] * samples[i];
    }
    return sum;
}

static int8_t to_feature(int32_t sum, unsigned shift) {
    return nas_saturate_s8((sum + ((int32_t)1 << (shift - 1u))) >> shift);
}

/* Drop the oldest of `before`, append the newest samples of the hop. */
static void keep(const nas_raw_tables_t *tables, const int16_t *samples, int32_t *before) {
    const size_t n = (size_t)tables->n_taps - tables->decimation;
    const size_t hop = tables->hop_length;
    const size_t kept = n > hop ? n - hop : 0u;
    memmove(before, before + (n - kept), kept * sizeof(int32_t));
    for (size_t i = kept; i < n; i++) {
        before[i] = samples[hop + i - n];
    }
}

void nas_raw_frame(const nas_raw_tables_t *tables, const int16_t *samples, int32_t *before,
                   int8_t *features) {
    const size_t n_taps = tables->n_taps;
    const size_t n_before = n_taps - tables->decimation;
    size_t end = 0; /* one past the newest sample of a value */

    for (size_t m = 0; m < tables->n_bins; m++) {
        int32_t sum;
        end += tables->decimation;
        if (end >= n_taps) {
            sum = dot(tables->taps, samples + (end - n_taps), n_taps);
        } else {
            const size_t old = n_taps - end;
            sum = dot_before(tables->taps, before + (n_before - old), old) +
                  dot(tables->taps + old, samples, end);
        }
        features[m] = to_feature(sum, tables->shift);
    }
    keep(tables, samples, before);
}
