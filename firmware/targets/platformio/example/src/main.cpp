// Listens to samples that arrive on the serial port: int16, low byte first, one channel,
// NAS_SAMPLE_RATE_HZ. Put your own microphone in the place of nextSample(); the rest stays.
#include <Arduino.h>

#include <best_class.h>
#include <nas_listener.h>

static nas_listener_t listener;

// True if a sample is there, which goes to `sample`.
static bool nextSample(int16_t &sample) {
  if (Serial.available() < 2) {
    return false;
  }
  const int low = Serial.read();
  const int high = Serial.read();
  sample = (int16_t)(uint16_t)((low & 0xFF) | ((high & 0xFF) << 8));
  return true;
}

void setup() {
  Serial.begin(500000);
  nas_listener_init(&listener);
}

void loop() {
  int16_t sample = 0;
  if (!nextSample(sample)) {
    return;
  }
  (void)nas_listener_record(&listener, &sample, 1);
  const int8_t *output = nas_listener_poll(&listener);
  if (output != nullptr) {
    const nas_best_class_t best = nas_best_class(output);
    Serial.print(nas_model_labels[best.index]);
    Serial.print(' ');
    Serial.println(best.probability);
  }
}
