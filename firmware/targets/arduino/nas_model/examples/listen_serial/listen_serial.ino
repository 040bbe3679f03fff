/* Listens to samples that arrive on the serial port, for boards without a microphone and to try
 * recordings on a device; README.md has a program that sends a WAV file. Prints each event:
 * seconds since the start, class, probability; and how many samples were lost.
 *
 * Put your own microphone in the place of nextSamples(); the rest stays.
 */
#include <Arduino.h>

#include <nas.h>

static const size_t kSamples = 32;              // of a frame
static const size_t kBytes = 4 + 2 * kSamples;  // of a frame

static nas_app_t app;
static uint32_t lostSamples = 0;

// The samples of the next frame: how many, or 0 as long as none is whole.
// A frame: 0xA5, 0x5A, its number modulo 256, 32 samples (int16, low byte first), the sum of the
// samples' bytes modulo 256. What does not fit into that is skipped, and counts as lost.
static size_t nextSamples(int16_t *samples) {
  static uint8_t frame[kBytes];
  static size_t filled = 0;
  static uint8_t expected = 0;
  while (Serial.available() > 0) {
    frame[filled++] = (uint8_t)Serial.read();
    if (filled == 2 && frame[1] != 0x5A) {
      frame[0] = frame[1];
      filled = 1;
    }
    if (filled == 1 && frame[0] != 0xA5) {
      filled = 0;
    }
    if (filled < kBytes) {
      continue;
    }
    filled = 0;
    uint8_t sum = 0;
    for (size_t i = 3; i < kBytes - 1; ++i) {
      sum = (uint8_t)(sum + frame[i]);
    }
    if (sum != frame[kBytes - 1]) {
      continue;
    }
    lostSamples += (uint32_t)kSamples * (uint8_t)(frame[2] - expected);
    expected = (uint8_t)(frame[2] + 1);
    for (size_t i = 0; i < kSamples; ++i) {
      samples[i] = (int16_t)(uint16_t)(frame[3 + 2 * i] | (frame[4 + 2 * i] << 8));
    }
    return kSamples;
  }
  return 0;
}

static void onEvent(void *, const nas_event_t *event) {
  Serial.print(nas_event_seconds(event));
  Serial.print(" s ");
  Serial.print(event->label);
  Serial.print(' ');
  Serial.println(nas_event_probability(event));
}

void setup() {
#if defined(ARDUINO_ARCH_ESP32) || defined(ARDUINO_ARCH_ESP8266)
  Serial.setRxBufferSize(8192);  // what arrives while the network runs: a quarter of a second
#endif
  Serial.begin(500000);
  nas_app_init(&app, onEvent, nullptr);
}

void loop() {
  int16_t samples[kSamples];
  const size_t count = nextSamples(samples);
  lostSamples += (uint32_t)(count - nas_app_record(&app, samples, count));
  nas_app_poll(&app);
  if (lostSamples > 0) {
    Serial.print(lostSamples);
    Serial.println(" samples lost: they come faster than this board takes them");
    lostSamples = 0;
  }
}
