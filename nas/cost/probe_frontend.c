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

/* Noise that is even from -2^bits to 2^bits - 1. */
static void noise(uint32_t bits)
{
    uint32_t state = 1U;
    for (size_t i = 0; i < LARGEST_HOP_LENGTH; ++i) {
        state = 1664525U * state + 1013904223U;
        sound[i] = (int16_t)((int32_t)(state >> (31U - bits)) - (int32_t)(1U << bits));
    }
}

static void square(void)
{
    for (size_t i = 0; i < LARGEST_HOP_LENGTH; ++i) {
        sound[i] = (i / 8U) % 2U != 0U ? INT16_MAX : INT16_MIN;
    }
}

static void count_pushes(const char *name)
{
    for (uint32_t i = 0; i < probe_n_cases; ++i) {
        const probe_front_end *one = probe_cases[i];
        uint32_t counted = 0;
        one->init(memory);
        for (uint32_t heard = 0; heard < one->win_length; heard += one->hop_length) {
            (void)one->push(memory, sound, one->hop_length, features);
        }
        for (uint32_t hop = 0; hop < HOPS; ++hop) {
            const uint32_t start = target_clock();
            (void)one->push(memory, sound, one->hop_length, features);
            counted += instructions(start, target_clock());
        }
        target_print(name, counted / HOPS);
    }
}

int main(void)
{
    count_ffts();
    noise(13U);
    count_pushes("noise");
    noise(4U);
    count_pushes("quiet");
    noise(15U);
    count_pushes("loud");
    square();
    count_pushes("square");
    memset(sound, 0, sizeof sound);
    count_pushes("silence");
    return 0;
}
