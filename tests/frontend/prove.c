/* Proves front ends of any kind on a board: for each case of cases.c a line `memory`, its bytes
 * of RAM; then for each sound of sounds.h a line `crc`, CRC-32 of the whole clip's features, and a
 * line `differ`, the bytes in which the stream, hop by hop, is not the clip. */
#include "cases.h"
#include "probe_frontend.h"
#include "sounds.h"
#include "target.h"

static uint64_t memory[(LARGEST_MEMORY_BYTES + 7U) / 8U];
static int8_t features[LARGEST_FEATURE_LENGTH];
static int8_t row[LARGEST_FRAME_BYTES];

static uint32_t crc32(const int8_t *bytes, size_t count)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < count; ++i) {
        crc ^= (uint8_t)bytes[i];
        for (unsigned bit = 0; bit < 8U; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0U ? 0xedb88320U : 0U);
        }
    }
    return ~crc;
}

static uint32_t differing(const int8_t *expected, size_t count)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; ++i) {
        found += row[i] != expected[i] ? 1U : 0U;
    }
    return found;
}

/* Bytes of the stream that are not the clip's, whose n_frames frames lie in `features`. */
static uint32_t stream(const probe_front_end *one, const int16_t *samples, size_t n_frames)
{
    uint32_t found = 0;
    size_t frame = 0;
    one->init(memory);
    for (size_t heard = 0; heard < one->clip_length; heard += one->hop_length) {
        const size_t left = one->clip_length - heard;
        const size_t count = left < one->hop_length ? left : one->hop_length;
        if (one->push(memory, samples + heard, count, row) == 1U) {
            found += frame < n_frames ? differing(features + frame * one->n_bins, one->n_bins) : 1U;
            ++frame;
        }
    }
    return found + (frame != n_frames ? 1U : 0U);
}

int main(void)
{
    for (uint32_t i = 0; i < probe_n_cases; ++i) {
        const probe_front_end *one = probe_cases[i];
        target_print("memory", one->memory_bytes);
        for (size_t sound = 0; sound < N_SOUNDS; ++sound) {
            const int16_t *samples = sounds[sound];
            const size_t n_frames = one->clip(memory, samples, one->clip_length, features);
            target_print("crc", crc32(features, n_frames * one->n_bins));
            target_print("differ", stream(one, samples, n_frames));
        }
    }
    return 0;
}
