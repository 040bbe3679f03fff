/* Proves the tree on an emulated board: the golden vectors, from samples to outputs, byte for byte.
 *
 * Each clip goes through the whole-clip path, and hop by hop through the application. Lines:
 *
 *     golden_vectors               how many
 *     feature_bytes                compared, over all vectors
 *     features_that_differ         of them
 *     output_bytes                 of the network, compared; each vector goes both paths
 *     outputs_that_differ          of them
 *     instructions_per_inference   one nas_model_run
 *     instructions_per_hop         recording and polling one hop, a frame without a decision
 *     stack_bytes                  deepest stack below a call of nas_app_poll, painted
 *
 * Where the board counts no instructions, or paints no stack, these are 0.
 * Exit codes: 0 all equal, 1 something differs. */
#include "../host/clip.h"
#include "measure.h"
#include "nas.h"
#include "stack.h"
#include "target.h"
#include "test_vectors.h"

typedef struct {
    uint32_t features_that_differ;
    uint32_t outputs_that_differ;
    uint32_t inference;
    uint32_t hop;
    uint32_t stack;
} findings;

static void verify_clip(size_t vector, findings *found)
{
    static int8_t features[NAS_FEATURE_LENGTH];
    uint32_t start;
    clip_features(nas_test_samples[vector], features);
    found->features_that_differ +=
        differing(features, nas_test_features[vector], NAS_FEATURE_LENGTH);
    found->outputs_that_differ +=
        differing(clip_output(features), nas_test_outputs[vector], NAS_MODEL_OUTPUT_BYTES);
    start = target_clock();
    nas_model_run();
    found->inference = instructions(start, target_clock());
}

static void ignore(void *context, const nas_event_t *event)
{
    (void)context;
    (void)event;
}

/* The hops between the first frame and the first decision are counted; there is one if the clip
 * has three frames or more. The decision falls on the clip's last frame. */
static void verify_stream(size_t vector, findings *found)
{
    static nas_app_t app;
    uint32_t counted = 0, hops = 0;
    nas_app_init(&app, ignore, NULL);
    for (size_t heard = 0; app.decisions == 0U && heard < NAS_HEARD_LENGTH;
         heard += NAS_HOP_LENGTH) {
        const size_t left = NAS_HEARD_LENGTH - heard;
        const size_t count = left < NAS_HOP_LENGTH ? left : NAS_HOP_LENGTH;
        const uint32_t start = target_clock();
        (void)nas_app_record(&app, nas_test_samples[vector] + heard, count);
        nas_app_poll(&app);
        if (app.decisions == 0U && heard >= NAS_WIN_LENGTH) {
            counted += instructions(start, target_clock());
            ++hops;
        }
    }
    found->hop = hops > 0U ? counted / hops : 0U;
    found->outputs_that_differ +=
        app.decisions == 0U
            ? NAS_MODEL_OUTPUT_BYTES
            : differing(nas_model_output(), nas_test_outputs[vector], NAS_MODEL_OUTPUT_BYTES);
}

int main(void)
{
    findings found = {0};
    for (size_t vector = 0; vector < NAS_TEST_VECTORS; ++vector) {
        verify_clip(vector, &found);
        target_paint_stack();
        verify_stream(vector, &found);
        found.stack = target_painted_stack();
    }
    target_print("golden_vectors", NAS_TEST_VECTORS);
    target_print("feature_bytes", NAS_TEST_VECTORS * (uint32_t)NAS_FEATURE_LENGTH);
    target_print("features_that_differ", found.features_that_differ);
    target_print("output_bytes", 2U * NAS_TEST_VECTORS * (uint32_t)NAS_MODEL_OUTPUT_BYTES);
    target_print("outputs_that_differ", found.outputs_that_differ);
    target_print("instructions_per_inference", found.inference);
    target_print("instructions_per_hop", found.hop);
    target_print("stack_bytes", found.stack);
    return found.features_that_differ + found.outputs_that_differ > 0U ? 1 : 0;
}
