/* Listens to samples that arrive on the serial port, for boards without a microphone and to try
 * recordings on a device: int16, low byte first, one channel, NAS_SAMPLE_RATE_HZ. Prints each
 * event: seconds since the start, class, probability.
 *
 * Put your own microphone in the place of nextSample(); the rest stays.
 */
#include <nas.h>

static nas_app_t app;

/* True if a sample is there, which goes to `sample`. */
static bool nextSample(int16_t &sample) {
  if (Serial.available() < 2) {
    return false;
  }
  const int low = Serial.read();
  const int high = Serial.read();
  sample = (int16_t)(uint16_t)((low & 0xFF) | ((high & 0xFF) << 8));
  return true;
}

static void onEvent(void *, const nas_event_t *event) {
  Serial.print(nas_event_seconds(event));
  Serial.print(" s ");
  Serial.print(event->label);
  Serial.print(' ');
  Serial.println(nas_event_probability(event));
}

void setup() {
  Serial.begin(500000);
  nas_app_init(&app, onEvent, nullptr);
}

void loop() {
  int16_t sample = 0;
  if (!nextSample(sample)) {
    return;
  }
  (void)nas_app_record(&app, &sample, 1);
  nas_app_poll(&app);
}
