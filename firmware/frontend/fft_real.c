#include "nas/fft.h"

/* Swap every complex number with the one at the bit-reversed index. */
static void reverse_bits(int32_t *z, size_t n) {
    size_t reversed = 0;
    for (size_t i = 0; i < n; i++) {
        if (i < reversed) {
            const int32_t re = z[2 * i], im = z[2 * i + 1];
            z[2 * i] = z[2 * reversed];
            z[2 * i + 1] = z[2 * reversed + 1];
            z[2 * reversed] = re;
            z[2 * reversed + 1] = im;
        }
        size_t bit = n / 2;
        while (bit != 0u && (reversed & bit) != 0u) {
            reversed ^= bit;
            bit /= 2;
        }
        reversed |= bit;
    }
}

static int32_t halve_q30(int64_t value) {
    return (int32_t)((value + NAS_Q30_ONE) >> 31);
}

/* Bins k and n - k of the real signal from its even part e and its odd part o, both doubled. */
static void split(int32_t *a, int32_t *b, int64_t cosine, int64_t sine) {
    const int64_t e_re = ((int64_t)a[0] + b[0]) * NAS_Q30_ONE;
    const int64_t e_im = ((int64_t)a[1] - b[1]) * NAS_Q30_ONE;
    const int64_t o_re = (int64_t)a[1] + b[1];
    const int64_t o_im = (int64_t)b[0] - a[0];
    const int64_t t_re = cosine * o_re + sine * o_im;
    const int64_t t_im = cosine * o_im - sine * o_re;
    a[0] = halve_q30(e_re + t_re);
    a[1] = halve_q30(t_im + e_im);
    b[0] = halve_q30(e_re - t_re);
    b[1] = halve_q30(t_im - e_im);
}

void nas_fft_real(int32_t *data, const int32_t *sine, size_t n_fft) {
    const size_t n = n_fft / 2;
    const size_t quarter = n_fft / 4;

    reverse_bits(data, n);
    nas_fft_complex(data, sine, n_fft);

    const int32_t re = data[0], im = data[1];
    data[0] = re + im;
    data[1] = re - im;
    for (size_t k = 1; k <= n / 2; k++) {
        split(data + 2 * k, data + 2 * (n - k), sine[quarter - k], sine[k]);
    }
}
