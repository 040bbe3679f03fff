/* Counts the instructions of an FFT of each length, and of the frame that a push of one hop makes
 * at each setting of cases.c: lines `fft` (64 points first), then for each setting a line a sound.
 *
 * The sounds show how far the count depends on the data: noise is what is priced. */
#include <string.h>

#include "cases.h"
#include "nas/fft.h"
#include "probe_frontend.h"
#include "target.h"

#define HOPS 4U
#define SHORTEST 64U
#define LONGEST 2048U

static uint64_t memory[(LARGEST_MEMORY_BYTES + 7U) / 8U];
static int16_t sound[LARGEST_HOP_LENGTH];
static int8_t features[LARGEST_FRAME_BYTES];

static uint32_t instructions(uint32_t start, uint32_t end)
{
    const uint32_t first = target_clock();
    const uint32_t reading = target_instructions(first, target_clock());
    return target_instructions(start, end) - reading;
}

/* No path of the FFT depends on its data: zeros do for the quarter of a sine. */
static void count_ffts(void)
{
    static int32_t data[LONGEST];
    static int32_t sine[LONGEST / 4U + 1U];
    for (size_t length = SHORTEST; length <= LONGEST; length *= 2U) {
        const uint32_t start = target_clock();
        nas_fft_real(data, sine, length);
        target_print("fft", instructions(start, target_clock()));
    }
}

/* Noise that is even from -2^bits to 2^bits - 1; `state` runs on from hop to hop. */
static void noise(size_t count, uint32_t bits, uint32_t *state)
{
    for (size_t i = 0; i < count; ++i) {
        *state = 1664525U * *state + 1013904223U;
        sound[i] = (int16_t)((int32_t)(*state >> (31U - bits)) - (int32_t)(1U << bits));
    }
}

static void quarter_scale_noise(size_t count, uint32_t *state)
{
    noise(count, 13U, state);
}

static void quiet_noise(size_t count, uint32_t *state)
{
    noise(count, 4U, state);
}

static void full_scale_noise(size_t count, uint32_t *state)
{
    noise(count, 15U, state);
}

static void square(size_t count, uint32_t *state)
{
    for (size_t i = 0; i < count; ++i) {
        sound[i] = (++*state / 8U) % 2U != 0U ? INT16_MAX : INT16_MIN;
    }
}

static void silence(size_t count, uint32_t *state)
{
    (void)state;
    memset(sound, 0, count * sizeof sound[0]);
}

static void count_pushes(const char *name, void (*fill)(size_t count, uint32_t *state))
{
    for (uint32_t i = 0; i < probe_n_cases; ++i) {
        const probe_front_end *one = probe_cases[i];
        const uint32_t first = (one->win_length + one->hop_length - 1U) / one->hop_length;
        uint32_t counted = 0, state = 1U;
        one->init(memory);
        for (uint32_t hop = 0; hop < first + HOPS; ++hop) {
            fill(one->hop_length, &state);
            const uint32_t start = target_clock();
            (void)one->push(memory, sound, one->hop_length, features);
            counted += hop < first ? 0U : instructions(start, target_clock());
        }
        target_print(name, counted / HOPS);
    }
}

int main(void)
{
    count_ffts();
    count_pushes("noise", quarter_scale_noise);
    count_pushes("quiet", quiet_noise);
    count_pushes("loud", full_scale_noise);
    count_pushes("square", square);
    count_pushes("silence", silence);
    return 0;
}
