/* Proves this build: the golden vectors, byte for byte, from samples to features to outputs.
 *
 * Each clip goes through the whole-clip path, and through the listener in uneven portions.
 * Exit codes: 0 all equal, 1 the first difference is named on stderr.
 */
#include <stdio.h>
#include <string.h>

#include "clip.h"
#include "listener.h"
#include "test_vectors.h"

static int differs(const char *what, size_t vector, const int8_t *got, const int8_t *expected,
                   size_t count, size_t row)
{
    for (size_t i = 0; i < count; ++i) {
        if (got[i] != expected[i]) {
            (void)fprintf(stderr, "verify: vector %lu: %s [%lu][%lu] is %d, expected %d\n",
                          (unsigned long)vector, what, (unsigned long)(i / row),
                          (unsigned long)(i % row), got[i], expected[i]);
            return 1;
        }
    }
    return 0;
}

static int clip_fails(size_t vector)
{
    static int8_t features[NAS_FEATURE_LENGTH];
    clip_features(nas_test_samples[vector], features);
    return differs("features", vector, features, nas_test_features[vector], NAS_FEATURE_LENGTH,
                   NAS_N_BINS) ||
           differs("output", vector, clip_output(features), nas_test_outputs[vector],
                   NAS_MODEL_OUTPUT_BYTES, NAS_MODEL_OUTPUT_BYTES);
}

/* Portions of 1, 2, 4, ... samples, up to all that the ring holds; the decision must fall once, on the clip's last frame. */
static int stream_fails(size_t vector)
{
    static nas_listener_t listener;
    int8_t output[NAS_MODEL_OUTPUT_BYTES] = {0};
    size_t heard = 0;
    size_t portion = 1;
    nas_listener_init(&listener);
    while (heard < NAS_HEARD_LENGTH) {
        const size_t left = NAS_HEARD_LENGTH - heard;
        const int8_t *decision;
        heard += nas_listener_record(&listener, nas_test_samples[vector] + heard,
                                     portion < left ? portion : left);
        portion = 2 * portion <= NAS_AUDIO_RING_LENGTH ? 2 * portion : 1;
        while ((decision = nas_listener_poll(&listener)) != NULL) {
            memcpy(output, decision, sizeof(output));
        }
    }
    return differs("output of the listener", vector, output, nas_test_outputs[vector],
                   NAS_MODEL_OUTPUT_BYTES, NAS_MODEL_OUTPUT_BYTES);
}

int main(void)
{
    for (size_t vector = 0; vector < NAS_TEST_VECTORS; ++vector) {
        if (clip_fails(vector) || stream_fails(vector)) {
            return 1;
        }
    }
    (void)printf("verify: %d golden vectors equal, byte for byte\n", NAS_TEST_VECTORS);
    return 0;
}
