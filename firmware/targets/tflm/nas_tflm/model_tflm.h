/* The functions of nas/model.h, computed by TensorFlow Lite Micro: model_tflm.cc takes the place of
 * generated/model.c and of kernels/, and the listener runs unchanged. */
#ifndef NAS_TFLM_MODEL_TFLM_H
#define NAS_TFLM_MODEL_TFLM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Make the interpreter; call it once, before the listener's first poll. Returns the bytes of the
 * arena that are used, or 0 if the interpreter cannot be made: an arena too small, another schema,
 * a model that is not the listener's. */
size_t nas_tflm_setup(void);

#ifdef __cplusplus
}
#endif

#endif
