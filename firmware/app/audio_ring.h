/* Samples on their way from the recorder to the front end: one writer, one reader.
 *
 * The writer may be an interrupt, another task or another core: each side changes only its own
 * position, behind the samples that it speaks of (audio_ring.c). Positions run from 0 to
 * twice the length less one, so that a full ring and an empty one differ.
 */
#ifndef NAS_AUDIO_RING_H
#define NAS_AUDIO_RING_H

#include "frontend_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int16_t samples[NAS_AUDIO_RING_LENGTH];
    volatile uint32_t written;
    volatile uint32_t taken;
} nas_audio_ring_t;

void nas_audio_ring_init(nas_audio_ring_t *ring);

/* Put in up to n_samples; returns how many found room. */
size_t nas_audio_ring_write(nas_audio_ring_t *ring, const int16_t *samples, size_t n_samples);

/* Point `samples` at the oldest samples, at most `most` and none past the ring's end; returns how
 * many lie there. They stay until nas_audio_ring_drop. */
size_t nas_audio_ring_peek(const nas_audio_ring_t *ring, const int16_t **samples, size_t most);

/* Give back the oldest n_samples, no more than peek returned. */
void nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
