/* One whole clip through front end and network, as training saw it. */
#ifndef NAS_HOST_CLIP_H
#define NAS_HOST_CLIP_H

#include "frontend_tables.h"
#include "model.h"

/* Centre n_samples in NAS_CLIP_LENGTH: zeros on both sides, or the middle cut out. */
void clip_fit(const int16_t *samples, size_t n_samples, int16_t clip[NAS_CLIP_LENGTH]);

/* Features of a clip behind its run-in, if the front end has one: [NAS_N_FRAMES][NAS_N_BINS]. */
void clip_features(const int16_t heard[NAS_HEARD_LENGTH], int8_t features[NAS_FEATURE_LENGTH]);

/* The network's output for features; valid until the next call. */
const int8_t *clip_output(const int8_t features[NAS_FEATURE_LENGTH]);

#endif
