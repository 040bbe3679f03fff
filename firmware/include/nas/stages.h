/* Stages that the kinds of front end share: window, magnitude, mel bands, logarithm, int8.
 *
 * The FFT is in fft.h. Each kind builds the small structs below on the stack, from the flat tables
 * that nas.frontend.tables_c generates for it, and calls the stages in its own order.
 * Integers only; no heap, no globals; no division but one a frame, for the mean.
 * The twin of this file in NumPy is nas/frontend/stages.py; the tables are nas/frontend/
 * stage_tables.py and mel_tables.py.
 */
#ifndef NAS_STAGES_H
#define NAS_STAGES_H

#include "nas/fixed.h"

#define NAS_POWER_SHIFT 14
#define NAS_LOG2_CHORDS 32

/* From samples to the input of the FFT.
 *
 * window            [win_length / 2 + 1] Q15, 0 to 32,768: first half and middle of a periodic
 *                   window; w[i] = w[win_length - i]
 * win_length        samples of one frame: 2 to n_fft
 * n_fft             64 to 2,048, a power of two; at most 4 p, p being the shortest FFT: 64, or the
 *                   power of two not below win_length
 * pre_emphasis_q15  a of y[i] = x[i] - a x[i - 1], y[0] = x[0] - a x[0]; 0 for none, below 32,768
 * remove_mean       1: the mean of the frame, rounded, is taken from its samples first; or 0
 */
typedef struct {
    const uint16_t *window;
    uint16_t win_length;
    uint16_t n_fft;
    uint16_t pre_emphasis_q15;
    uint16_t remove_mean;
} nas_frame_t;

/* Mean removal, then pre-emphasis, then the window: samples [win_length] to out [n_fft].
 *
 * out has 16 - log2(p) fraction bits, one fewer with pre-emphasis, which may double a sample.
 * It is zero after win_length. The sum of |out| stays below 1.25 x 2^30 with a Hann or Hamming
 * window: what nas_fft_real takes.
 */
void nas_frame_window(const nas_frame_t *frame, const int16_t *samples, int32_t *out);

/* Largest whole number whose square is not above value. Products only; some 70 instructions. */
uint32_t nas_sqrt_u64(uint64_t value);

/* Triangles on a mel scale, each with peak 1; a bin between two centres is shared by two bands.
 *
 * start      [n_mels + 2] first bin of each gap between band centres; gap j holds the bins
 *            start[j] to start[j + 1] - 1, rising into band j, falling out of band j - 1
 * weight     [start[n_mels + 1] - start[0]] Q15, 0 to 32,767: share of the rising band; the
 *            falling band gets the rest, 32,768 minus it
 * n_mels     bands
 * magnitude  0: bins weigh (re^2 + im^2) >> NAS_POWER_SHIFT; 1: the square root of re^2 + im^2
 */
typedef struct {
    const uint16_t *start;
    const uint16_t *weight;
    uint16_t n_mels;
    uint16_t magnitude;
} nas_mel_t;

/* Energies of the bands, in Q15 of the bins' unit, below 2^64.
 *
 * spectrum  [n_fft / 2 complex] as nas_fft_real leaves it
 * energies  [2 x n_mels words] band after band, to be read with nas_load_u64; it must not overlap
 *           the spectrum
 */
void nas_mel_energies(const nas_mel_t *mel, const int32_t *spectrum, int32_t *energies);

/* log2(value) in Q15, 0 to 64 x 32,768; 0 for value 0. At most 0.0003 from the true value.
 *
 * log2_table  [NAS_LOG2_CHORDS + 1] Q15: log2(1 + i / 32)
 */
uint32_t nas_log2_q15(uint64_t value, const uint16_t *log2_table);

/* A 64-bit number in two words of work memory, low word first: int32_t work needs no alignment
 * to 8 bytes. */
static inline uint64_t nas_load_u64(const int32_t *words) {
    return ((uint64_t)(uint32_t)words[1] << 32) | (uint32_t)words[0];
}

static inline void nas_store_u64(int32_t *words, uint64_t value) {
    words[0] = (int32_t)(uint32_t)value;
    words[1] = (int32_t)(uint32_t)(value >> 32);
}

/* Zeros above the leading one of a word that is not 0; C99 has no name for the instruction. */
static inline unsigned nas_leading_zeros(uint32_t word) {
    unsigned zeros = 0;
    if (word < (uint32_t)1 << 16) {
        word <<= 16;
        zeros = 16;
    }
    if (word < (uint32_t)1 << 24) {
        word <<= 8;
        zeros += 8;
    }
    if (word < (uint32_t)1 << 28) {
        word <<= 4;
        zeros += 4;
    }
    if (word < (uint32_t)1 << 30) {
        word <<= 2;
        zeros += 2;
    }
    return word < (uint32_t)1 << 31 ? zeros + 1u : zeros;
}

/* The int8 nearest to value. */
static inline int8_t nas_saturate_s8(int32_t value) {
    return (int8_t)(value > INT8_MAX ? INT8_MAX : value < INT8_MIN ? INT8_MIN : value);
}

/* A channel's normalisation: gain x value + offset, to the nearest int8. The sum is below 2^31.
 *
 * value    steps of int8, Q8, not rounded yet; limited to -128 and 127.996 first
 * channel  [2] gain, Q12, 1 to 32,767; offset in steps, Q4, -16,000 to 16,000
 */
static inline int8_t nas_normalise_s8(int32_t value, const int16_t *channel) {
    const int32_t inside = value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value;
    return nas_saturate_s8((inside * channel[0] + channel[1] * 65536 + (1 << 19)) >> 20);
}

#endif
