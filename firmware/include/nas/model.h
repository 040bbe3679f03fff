/* The exported network: what generated/model.c defines.
 *
 * generated/model.h includes this file and adds, as macros: NAS_MODEL_INPUT_BYTES,
 * NAS_MODEL_OUTPUT_BYTES, NAS_MODEL_N_CLASSES, NAS_MODEL_ARENA_BYTES, scale and zero point of input
 * and output, and the digest of the model. Real value = scale * (byte - zero_point).
 * The arena is the only state; calls from two threads at once would share it.
 */
#ifndef NAS_MODEL_H
#define NAS_MODEL_H

#include "nas/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where to write the NAS_MODEL_INPUT_BYTES features, before each run: a run may overwrite them. */
int8_t *nas_model_input(void);

/* Compute the output from the input. */
void nas_model_run(void);

/* The NAS_MODEL_OUTPUT_BYTES results of the last run, valid until the input is written again. */
const int8_t *nas_model_output(void);

/* Names of the classes, in UTF-8, in the order of the output; in generated/labels.c. */
extern const char *const nas_model_labels[];

#ifdef __cplusplus
}
#endif

#endif
