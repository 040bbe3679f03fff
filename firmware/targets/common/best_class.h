/* The best class of a decision and its probability, for the examples of all targets. */
#ifndef NAS_TARGETS_BEST_CLASS_H
#define NAS_TARGETS_BEST_CLASS_H

#include "nas_listener.h"

typedef struct {
    size_t index;      /* of nas_model_labels */
    float probability; /* 0 to 1 */
} nas_best_class_t;

/* output [NAS_MODEL_OUTPUT_BYTES]; the first of equals. */
static inline nas_best_class_t nas_best_class(const int8_t *output)
{
    nas_best_class_t best = {0U, 0.0F};
    for (size_t i = 1; i < NAS_MODEL_N_CLASSES; ++i) {
        best.index = output[i] > output[best.index] ? i : best.index;
    }
    best.probability =
        NAS_MODEL_OUTPUT_SCALE * (float)(output[best.index] - NAS_MODEL_OUTPUT_ZERO_POINT);
    return best;
}

#endif
