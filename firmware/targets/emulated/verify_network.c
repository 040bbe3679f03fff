/* Proves a tree that holds a network alone: its test vectors, byte for byte. Prints what verify.c
 * does; there are no features and no hops. */
#include <string.h>

#include "measure.h"
#include "model.h"
#include "stack.h"
#include "target.h"
#include "test_vectors.h"

int main(void)
{
    uint32_t differ = 0, inference = 0, stack = 0;
    for (size_t vector = 0; vector < NAS_TEST_VECTORS; ++vector) {
        uint32_t start, end;
        memcpy(nas_model_input(), nas_test_features[vector], NAS_MODEL_INPUT_BYTES);
        target_paint_stack();
        start = target_clock();
        nas_model_run();
        end = target_clock();
        stack = target_painted_stack();
        inference = instructions(start, end);
        differ += differing(nas_model_output(), nas_test_outputs[vector], NAS_MODEL_OUTPUT_BYTES);
    }
    target_print("golden_vectors", NAS_TEST_VECTORS);
    target_print("feature_bytes", 0U);
    target_print("features_that_differ", 0U);
    target_print("output_bytes", NAS_TEST_VECTORS * (uint32_t)NAS_MODEL_OUTPUT_BYTES);
    target_print("outputs_that_differ", differ);
    target_print("instructions_per_inference", inference);
    target_print("instructions_per_hop", 0U);
    target_print("stack_bytes", stack);
    return differ > 0U ? 1 : 0;
}
