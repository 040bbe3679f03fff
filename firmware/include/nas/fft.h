/* Fast Fourier transforms on 32-bit data, in place.
 *
 * A complex number is two int32_t: real part, then imaginary part.
 * Nothing is scaled on the way. The caller keeps the sum of |x| below 1.9 x 2^30; then, rounding
 * apart, no value inside or at the end exceeds that in modulus, and no sum overflows.
 * Products are 64-bit, and each sum of products is rounded once: floor(v + 1/2).
 */
#ifndef NAS_FFT_H
#define NAS_FFT_H

#include "nas/fixed.h"

/* Sizes that `nas_fft_real` takes: powers of two. */
#define NAS_FFT_MIN 64
#define NAS_FFT_MAX 2048

/* Complex transform of n_fft / 2 points, as pairs of radix-2 stages (decimation in time).
 *
 * z      [n_fft / 2 complex numbers] input in bit-reversed order, output in natural order.
 * sine   [n_fft / 4 + 1] sin(2 pi j / n_fft) in Q30, one quarter of a turn.
 * n_fft  twice the number of complex points: 64 to 2,048.
 */
void nas_fft_complex(int32_t *z, const int32_t *sine, size_t n_fft);

/* Real transform of n_fft points.
 *
 * data   [n_fft] in: real samples. Out: n_fft / 2 complex numbers, bins 0 to n_fft / 2 - 1.
 *        Bin 0 is real; the imaginary place of bin 0 holds bin n_fft / 2, which is real too.
 * sine   [n_fft / 4 + 1] sin(2 pi j / n_fft) in Q30.
 * n_fft  64 to 2,048, a power of two.
 */
void nas_fft_real(int32_t *data, const int32_t *sine, size_t n_fft);

#endif
