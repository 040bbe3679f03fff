#include "clip.h"

#include <string.h>

void clip_fit(const int16_t *samples, size_t n_samples, int16_t clip[NAS_CLIP_LENGTH])
{
    memset(clip, 0, NAS_CLIP_LENGTH * sizeof(*clip));
    if (n_samples > NAS_CLIP_LENGTH) {
        samples += (n_samples - NAS_CLIP_LENGTH) / 2;
        n_samples = NAS_CLIP_LENGTH;
    }
    memcpy(clip + (NAS_CLIP_LENGTH - n_samples) / 2, samples, n_samples * sizeof(*clip));
}

void clip_features(const int16_t heard[NAS_HEARD_LENGTH], int8_t features[NAS_FEATURE_LENGTH])
{
    static int32_t work[NAS_WORK_LENGTH];
    static int8_t rows[NAS_RUN_IN_FRAMES * NAS_N_BINS + NAS_FEATURE_LENGTH];
    (void)NAS_FRONT_END_CLIP(&nas_front_end_tables, heard, NAS_HEARD_LENGTH, work, rows);
    memcpy(features, rows + NAS_RUN_IN_FRAMES * NAS_N_BINS, NAS_FEATURE_LENGTH);
}

const int8_t *clip_output(const int8_t features[NAS_FEATURE_LENGTH])
{
    memcpy(nas_model_input(), features, NAS_MODEL_INPUT_BYTES);
    nas_model_run();
    return nas_model_output();
}
