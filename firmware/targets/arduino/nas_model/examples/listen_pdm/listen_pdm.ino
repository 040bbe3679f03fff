/* Listens to the PDM microphone of a Nano 33 BLE Sense (or another board with the PDM library) and
 * prints each decision's best class.
 *
 * The microphone calls back from an interrupt when samples are there; loop() works them off.
 */
#include <PDM.h>

#include <nas_listener.h>
#include <best_class.h>

static nas_listener_t listener;
static volatile uint32_t lostSamples = 0;

static void onSamples() {
  static int16_t samples[256];
  int left = PDM.available();
  while (left > 0) {
    const size_t wanted = (size_t)left < sizeof(samples) ? (size_t)left : sizeof(samples);
    const int got = PDM.read(samples, wanted);
    if (got <= 0) {
      return;
    }
    const size_t count = (size_t)got / sizeof(samples[0]);
    lostSamples = lostSamples + (uint32_t)(count - nas_listener_record(&listener, samples, count));
    left -= got;
  }
}

void setup() {
  Serial.begin(115200);
  nas_listener_init(&listener);
  PDM.onReceive(onSamples);
  if (!PDM.begin(1, NAS_SAMPLE_RATE_HZ)) {
    Serial.println("no PDM microphone at this sample rate");
    while (true) {
    }
  }
}

void loop() {
  const int8_t *output = nas_listener_poll(&listener);
  if (output == nullptr) {
    return;
  }
  const nas_best_class_t best = nas_best_class(output);
  Serial.print(nas_model_labels[best.index]);
  Serial.print(' ');
  Serial.println(best.probability);
  if (lostSamples > 0) {
    Serial.println("samples lost: the network takes longer than the ring holds");
    lostSamples = 0;
  }
}
