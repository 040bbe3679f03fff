/* From samples to decisions: audio ring, front end, feature ring, network.
 *
 * Record samples as they come, poll from the main loop:
 *
 *     static nas_listener_t listener;
 *     nas_listener_init(&listener);
 *     ...
 *     (interrupt)  nas_listener_record(&listener, samples, n_samples);
 *     (main loop)  output = nas_listener_poll(&listener);
 *                  if (output != NULL) use its NAS_MODEL_OUTPUT_BYTES bytes before the next poll
 *
 * The first decision is made when NAS_N_FRAMES frames are there, after the NAS_RUN_IN_FRAMES in
 * which a front end with a state settles; the next after each further NAS_DECISION_FRAMES. It is
 * made on the newest NAS_N_FRAMES frames, oldest first: the bytes that a whole clip of the same
 * samples gives. Recording goes on while the network runs: the ring holds what arrives meanwhile
 * (NAS_AUDIO_RING_HOPS of generated/decision.h). All sizes are fixed by generated headers; nothing is allocated, and the one struct
 * is the caller's.
 */
#ifndef NAS_LISTENER_H
#define NAS_LISTENER_H

#include "audio_ring.h"
#include "decision.h"
#include "frontend_tables.h"
#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    nas_front_end_memory_t front_end;
    nas_audio_ring_t audio;
    int8_t features[NAS_FEATURE_LENGTH];
    uint32_t oldest_frame; /* row of `features` that the next frame replaces */
    uint32_t missing;      /* frames to go until the next decision */
    uint32_t missed;       /* samples lost before the newest frame's last, modulo 2^32 */
} nas_listener_t;

/* Start listening; the next sample recorded is the first of the first frame. */
void nas_listener_init(nas_listener_t *listener);

/* Take up to n_samples; returns how many found room. The rest is lost, and so is what comes until
 * the samples in the ring are worked off. */
size_t nas_listener_record(nas_listener_t *listener, const int16_t *samples, size_t n_samples);

/* How many samples nas_listener_record would take: for a recorder that can wait, as a file can. */
size_t nas_listener_room(const nas_listener_t *listener);

/* Samples lost since the start, modulo 2^32. */
uint32_t nas_listener_lost(const nas_listener_t *listener);

/* Work off recorded samples until a decision is made or none are left.
 * Returns the network's output [NAS_MODEL_OUTPUT_BYTES], or NULL when no decision was due. */
const int8_t *nas_listener_poll(nas_listener_t *listener);

#ifdef __cplusplus
}
#endif

#endif
