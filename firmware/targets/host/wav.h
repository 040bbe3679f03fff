/* WAV files with 16-bit PCM, one channel, at the rate the firmware was built for. */
#ifndef NAS_HOST_WAV_H
#define NAS_HOST_WAV_H

#include <stddef.h>
#include <stdint.h>

/* Read a whole file; returns its samples (to be freed), or NULL after one line on stderr. */
int16_t *wav_read(const char *path, uint32_t sample_rate_hz, size_t *n_samples);

#endif
