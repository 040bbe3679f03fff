/* Listens to the PDM microphone of a Nano 33 BLE Sense (or another board with the PDM library) and
 * prints each event: seconds since the start, class, probability.
 *
 * The microphone calls back from an interrupt when samples are there; loop() works them off.
 */
#include <PDM.h>

#include <nas.h>

static nas_app_t app;

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
    (void)nas_app_record(&app, samples, count);
    left -= got;
  }
}

static void onEvent(void *, const nas_event_t *event) {
  Serial.print(nas_event_seconds(event));
  Serial.print(" s ");
  Serial.print(event->label);
  Serial.print(' ');
  Serial.println(nas_event_probability(event));
}

void setup() {
  Serial.begin(115200);
  nas_app_init(&app, onEvent, nullptr);
  PDM.onReceive(onSamples);
  if (!PDM.begin(1, NAS_SAMPLE_RATE_HZ)) {
    Serial.println("no PDM microphone at this sample rate");
    while (true) {
    }
  }
}

void loop() {
  static uint32_t reported = 0;
  nas_app_poll(&app);
  const uint32_t lost = nas_app_lost(&app);
  if (lost != reported) {
    Serial.print(lost - reported);
    Serial.println(" samples lost: the network takes longer than the ring holds");
    reported = lost;
  }
}
