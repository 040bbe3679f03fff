#include "nas/fft.h"

typedef struct {
    int32_t re;
    int32_t im;
} nas_complex_t;

/* exp(-2 pi i j / n_fft) in Q30, for 0 <= j < 3 n_fft / 4. */
static nas_complex_t twiddle(const int32_t *sine, size_t n_fft, size_t j) {
    const size_t quarter = n_fft / 4;
    nas_complex_t w;
    if (j <= quarter) {
        w.re = sine[quarter - j];
        w.im = -sine[j];
    } else if (j <= 2 * quarter) {
        w.re = -sine[j - quarter];
        w.im = -sine[2 * quarter - j];
    } else {
        w.re = -sine[3 * quarter - j];
        w.im = sine[j - 2 * quarter];
    }
    return w;
}

static nas_complex_t multiply(const int32_t *z, nas_complex_t w) {
    const int64_t half = NAS_Q30_ONE / 2;
    const int64_t re = (int64_t)z[0] * w.re - (int64_t)z[1] * w.im;
    const int64_t im = (int64_t)z[0] * w.im + (int64_t)z[1] * w.re;
    nas_complex_t product;
    product.re = (int32_t)((re + half) >> 30);
    product.im = (int32_t)((im + half) >> 30);
    return product;
}

/* Two radix-2 stages on z[0], z[h], z[2h], z[3h]; b1 to b3 are the last three after twiddles. */
static void butterfly(int32_t *z, size_t h, nas_complex_t b1, nas_complex_t b2,
                      nas_complex_t b3) {
    const int32_t sum1_re = z[0] + b1.re, sum1_im = z[1] + b1.im;
    const int32_t dif1_re = z[0] - b1.re, dif1_im = z[1] - b1.im;
    const int32_t sum2_re = b2.re + b3.re, sum2_im = b2.im + b3.im;
    const int32_t dif2_re = b2.re - b3.re, dif2_im = b2.im - b3.im;
    z[0] = sum1_re + sum2_re;
    z[1] = sum1_im + sum2_im;
    z[2 * h] = dif1_re + dif2_im;
    z[2 * h + 1] = dif1_im - dif2_re;
    z[4 * h] = sum1_re - sum2_re;
    z[4 * h + 1] = sum1_im - sum2_im;
    z[6 * h] = dif1_re - dif2_im;
    z[6 * h + 1] = dif1_im + dif2_re;
}

static nas_complex_t load(const int32_t *z) {
    nas_complex_t value;
    value.re = z[0];
    value.im = z[1];
    return value;
}

/* Stages of half-lengths h and 2h; the factor 1 of k = 0 is not multiplied. */
static void pair_of_stages(int32_t *z, const int32_t *sine, size_t n_fft, size_t h) {
    const size_t n = n_fft / 2;
    const size_t step = n_fft / (4 * h);

    for (size_t i = 0; i < n; i += 4 * h) {
        int32_t *const p = z + 2 * i;
        butterfly(p, h, load(p + 2 * h), load(p + 4 * h), load(p + 6 * h));
    }
    for (size_t k = 1; k < h; k++) {
        const nas_complex_t w1 = twiddle(sine, n_fft, k * step);
        const nas_complex_t w2 = twiddle(sine, n_fft, 2 * k * step);
        const nas_complex_t w3 = twiddle(sine, n_fft, 3 * k * step);
        for (size_t i = k; i < n; i += 4 * h) {
            int32_t *const p = z + 2 * i;
            butterfly(p, h, multiply(p + 2 * h, w2), multiply(p + 4 * h, w1),
                      multiply(p + 6 * h, w3));
        }
    }
}

/* The stage of half-length 1, needed when the number of stages is odd. */
static void single_stage(int32_t *z, size_t n) {
    for (size_t i = 0; i < n; i += 2) {
        int32_t *const p = z + 2 * i;
        const nas_complex_t a = load(p), b = load(p + 2);
        p[0] = a.re + b.re;
        p[1] = a.im + b.im;
        p[2] = a.re - b.re;
        p[3] = a.im - b.im;
    }
}

void nas_fft_complex(int32_t *z, const int32_t *sine, size_t n_fft) {
    const size_t n = n_fft / 2;
    /* A power of two has an even exponent when its bit lies in 0x555... */
    const int odd = (n & (size_t)0x55555555u) == 0u;
    size_t h = 1;

    if (odd) {
        single_stage(z, n);
        h = 2;
    }
    for (; h < n; h *= 4) {
        pair_of_stages(z, sine, n_fft, h);
    }
}
