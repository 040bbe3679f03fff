/* Proves this build of the network: the output bytes of the tree's vectors.
 *
 * Exit codes: 0 all equal, 1 the first difference is named on stderr.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "test_vectors.h"

int main(void)
{
    for (size_t vector = 0; vector < NAS_TEST_VECTORS; ++vector) {
        const int8_t *output;
        memcpy(nas_model_input(), nas_test_features[vector], NAS_MODEL_INPUT_BYTES);
        nas_model_run();
        output = nas_model_output();
        for (size_t i = 0; i < NAS_MODEL_OUTPUT_BYTES; ++i) {
            if (output[i] != nas_test_outputs[vector][i]) {
                (void)fprintf(stderr, "verify: vector %lu: output [%lu] is %d, expected %d\n",
                              (unsigned long)vector, (unsigned long)i, output[i],
                              nas_test_outputs[vector][i]);
                return 1;
            }
        }
    }
    (void)printf("verify: %d vectors of the network equal, byte for byte\n", NAS_TEST_VECTORS);
    return 0;
}
