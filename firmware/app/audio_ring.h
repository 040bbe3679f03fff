/* Samples on their way from the recorder to the front end: one writer, one reader.
 *
 * The writer may be an interrupt, another task or another core: each side changes only its own
 * position, behind the samples that it speaks of (audio_ring.c). Positions run from 0 to
 * twice the length less one, so that a full ring and an empty one differ.
 *
 * Samples that find no room are lost and counted. Once some are, none are taken until all that were
 * in the ring before are given back: what lies in the ring has no gap, and one number says how many
 * samples were lost before it.
 *
 * NAS_AUDIO_RING_HOPS (generated/decision.h) sets sizeof(nas_audio_ring_t).
 */
#ifndef NAS_AUDIO_RING_H
#define NAS_AUDIO_RING_H

#include "decision.h"
#include "frontend_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NAS_AUDIO_RING_MOST 0x20000000 /* samples, so that positions have 32 bits */

#define NAS_AUDIO_RING_MOST_HOPS (NAS_AUDIO_RING_MOST / NAS_HOP_LENGTH)

typedef char nas_audio_ring_hops_is_2_or_more[NAS_AUDIO_RING_HOPS >= 2 ? 1 : -1];
typedef char nas_audio_ring_has_positions[NAS_AUDIO_RING_HOPS <= NAS_AUDIO_RING_MOST_HOPS ? 1 : -1];

/* Samples in the ring. */
#define NAS_AUDIO_RING_LENGTH (NAS_AUDIO_RING_HOPS * NAS_HOP_LENGTH)

/* written, lost, missed are the writer's, taken is the reader's.
 *
 * lost    samples that found no room since the start, modulo 2^32
 * missed  of them, those before the samples that lie in the ring
 */
typedef struct {
    int16_t samples[NAS_AUDIO_RING_LENGTH];
    volatile uint32_t written;
    volatile uint32_t taken;
    volatile uint32_t lost;
    volatile uint32_t missed;
} nas_audio_ring_t;

void nas_audio_ring_init(nas_audio_ring_t *ring);

/* How many samples would find room: for a writer whose samples can wait. */
size_t nas_audio_ring_room(const nas_audio_ring_t *ring);

/* Put in up to n_samples; returns how many found room. The rest is lost. */
size_t nas_audio_ring_write(nas_audio_ring_t *ring, const int16_t *samples, size_t n_samples);

/* Point `samples` at the oldest samples, at most `most` and none past the ring's end; returns how
 * many lie there. They stay until nas_audio_ring_drop, and `missed` with them. */
size_t nas_audio_ring_peek(const nas_audio_ring_t *ring, const int16_t **samples, size_t most);

/* Give back the oldest n_samples, no more than peek returned. */
void nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
