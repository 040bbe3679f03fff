/* The network as a filter: NAS_MODEL_INPUT_BYTES on stdin, NAS_MODEL_OUTPUT_BYTES on stdout. */
#include <stdio.h>

#include "model.h"

int main(void)
{
    while (fread(nas_model_input(), 1, NAS_MODEL_INPUT_BYTES, stdin) == NAS_MODEL_INPUT_BYTES) {
        nas_model_run();
        if (fwrite(nas_model_output(), 1, NAS_MODEL_OUTPUT_BYTES, stdout) !=
            NAS_MODEL_OUTPUT_BYTES) {
            return 1;
        }
    }
    return 0;
}
