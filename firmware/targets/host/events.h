/* The whole application on this computer: samples in, a line an event out. */
#ifndef NAS_HOST_EVENTS_H
#define NAS_HOST_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/* Hear n_samples as a microphone would give them; print `seconds label probability`. */
void events_of_samples(const int16_t *samples, size_t n_samples);

/* Hear int16 samples from standard input until it ends; print `time class_index score`, the time
 * in samples, as each event comes. Fewer than two bytes at the end are no sample. */
void events_of_input(void);

#endif
