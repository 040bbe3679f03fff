// A sketch run on a computer: the serial port's input is stdin, at most 64 bytes of it at a time.
#include "Arduino.h"

#include <stdio.h>

void setup();
void loop();

NasTestSerial Serial;
static uint8_t received[64];
static size_t n_received, n_taken;

void NasTestSerial::begin(unsigned long) {}

int NasTestSerial::available() {
  if (n_taken == n_received) {
    n_received = fread(received, 1, sizeof(received), stdin);
    n_taken = 0;
  }
  return (int)(n_received - n_taken);
}

int NasTestSerial::read() { return available() > 0 ? received[n_taken++] : -1; }

size_t NasTestSerial::print(const char *text) { return (size_t)printf("%s", text); }
size_t NasTestSerial::print(char letter) { return (size_t)printf("%c", letter); }
size_t NasTestSerial::print(unsigned int number, int) { return (size_t)printf("%u", number); }
size_t NasTestSerial::print(unsigned long number, int) { return (size_t)printf("%lu", number); }
size_t NasTestSerial::print(double number, int digits) {
  return (size_t)printf("%.*f", digits, number);
}
size_t NasTestSerial::println(const char *text) { return (size_t)printf("%s\n", text); }
size_t NasTestSerial::println(double number, int digits) {
  return (size_t)printf("%.*f\n", digits, number);
}

int main() {
  setup();
  while (Serial.available() > 0) {
    loop();
  }
  return 0;
}
