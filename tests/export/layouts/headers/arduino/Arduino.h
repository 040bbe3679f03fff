#pragma once
#include <stddef.h>
#include <stdint.h>
class NasTestSerial {
public:
  void begin(unsigned long baud);
  int available();
  int read();
  size_t print(const char *text);
  size_t print(char letter);
  size_t print(unsigned int number, int base = 10);
  size_t print(unsigned long number, int base = 10);
  size_t print(double number, int digits = 2);
  size_t println(const char *text);
  size_t println(double number, int digits = 2);
};
extern NasTestSerial Serial;
