#include "model_tflm.h"

#include <stddef.h>
#include <stdint.h>

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

#include "arena.h"
#include "model.h"
#include "model_data.h"
#include "op_resolver.h"

namespace {

alignas(16) uint8_t arena[NAS_TFLM_ARENA_BYTES];
tflite::MicroInterpreter *interpreter = nullptr;

bool IsTheListeners(const TfLiteTensor *input, const TfLiteTensor *output) {
  return input->type == kTfLiteInt8 && input->bytes == NAS_MODEL_INPUT_BYTES &&
         output->type == kTfLiteInt8 && output->bytes == NAS_MODEL_OUTPUT_BYTES;
}

}  // namespace

size_t nas_tflm_setup(void) {
  static NasOpResolver resolver;
  const tflite::Model *model = tflite::GetModel(nas_model_tflite);
  if (model->version() != TFLITE_SCHEMA_VERSION || NasAddOps(resolver) != kTfLiteOk) {
    return 0;
  }
  static tflite::MicroInterpreter made(model, resolver, arena, sizeof(arena));
  if (made.AllocateTensors() != kTfLiteOk || !IsTheListeners(made.input(0), made.output(0))) {
    return 0;
  }
  interpreter = &made;
  return made.arena_used_bytes();
}

int8_t *nas_model_input(void) { return interpreter->input(0)->data.int8; }

void nas_model_run(void) { (void)interpreter->Invoke(); }

const int8_t *nas_model_output(void) { return interpreter->output(0)->data.int8; }
