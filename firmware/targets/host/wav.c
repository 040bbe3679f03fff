#include "wav.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_PCM 1U
#define FORMAT_EXTENSIBLE 0xFFFEU
#define FORMAT_BYTES 26U

typedef struct {
    uint32_t format;
    uint32_t channels;
    uint32_t rate_hz;
    uint32_t bits;
} wav_format;

static uint32_t little_endian(const uint8_t *bytes, size_t count)
{
    uint32_t value = 0;
    for (size_t i = count; i > 0; --i) {
        value = (value << 8) | bytes[i - 1];
    }
    return value;
}

static int16_t *refused(const char *path, const char *why)
{
    (void)fprintf(stderr, "error: %s: %s\n", path, why);
    return NULL;
}

/* Go to the data of the next chunk; returns 0 at the end of the file. */
static int next_chunk(FILE *file, char name[4], uint32_t *size)
{
    uint8_t head[8];
    if (fread(head, 1, sizeof(head), file) != sizeof(head)) {
        return 0;
    }
    memcpy(name, head, 4);
    *size = little_endian(head + 4, 4);
    return 1;
}

static int skip(FILE *file, uint32_t size)
{
    return size < 0x7FFFFFFFU && fseek(file, (long)size, SEEK_CUR) == 0;
}

static int read_format(FILE *file, uint32_t size, wav_format *format)
{
    uint8_t bytes[FORMAT_BYTES] = {0};
    const uint32_t known = size < FORMAT_BYTES ? size : FORMAT_BYTES;
    if (size < 16U || fread(bytes, 1, known, file) != known) {
        return 0;
    }
    format->format = little_endian(bytes, 2);
    if (format->format == FORMAT_EXTENSIBLE) {
        format->format = little_endian(bytes + 24, 2);
    }
    format->channels = little_endian(bytes + 2, 2);
    format->rate_hz = little_endian(bytes + 4, 4);
    format->bits = little_endian(bytes + 14, 2);
    return skip(file, size - known + (size & 1U));
}

static int suits(const char *path, const wav_format *format, uint32_t sample_rate_hz)
{
    if (format->format == FORMAT_PCM && format->channels == 1U && format->bits == 16U &&
        format->rate_hz == sample_rate_hz) {
        return 1;
    }
    (void)fprintf(stderr,
                  "error: %s: needs 16-bit PCM, 1 channel, %lu Hz; it has format %lu, %lu-bit, "
                  "%lu channels, %lu Hz; convert it first\n",
                  path, (unsigned long)sample_rate_hz, (unsigned long)format->format,
                  (unsigned long)format->bits, (unsigned long)format->channels,
                  (unsigned long)format->rate_hz);
    return 0;
}

/* Read up to `size` bytes of samples, in steps: a header may promise more than the file holds. */
static int16_t *read_samples(FILE *file, uint32_t size, size_t *n_samples)
{
    int16_t *samples = NULL;
    uint8_t block[4096];
    size_t count = 0;
    while (size >= 2U) {
        const size_t wanted = size < sizeof(block) ? size & ~1U : sizeof(block);
        const size_t got = fread(block, 1, wanted, file) / 2;
        int16_t *grown;
        if (got == 0) {
            break;
        }
        grown = realloc(samples, (count + got) * sizeof(*samples));
        if (grown == NULL) {
            break;
        }
        samples = grown;
        for (size_t i = 0; i < got; ++i) {
            const uint32_t bits = little_endian(block + 2 * i, 2);
            samples[count++] = (int16_t)((int32_t)bits - (bits >= 0x8000U ? 0x10000 : 0));
        }
        size -= (uint32_t)(2 * got);
    }
    *n_samples = count;
    return samples;
}

/* Say that samples are missing; a size of 2 GiB or more stands for "unknown" in streamed files. */
static void warn_if_cut(const char *path, uint32_t promised_bytes, size_t n_samples)
{
    const unsigned long promised = promised_bytes / 2U;
    if (promised_bytes < 0x7FFFFFFFU && n_samples < promised) {
        (void)fprintf(stderr, "warning: %s: cut short: %lu of %lu samples are there\n", path,
                      (unsigned long)n_samples, promised);
    }
}

static int16_t *read_chunks(FILE *file, const char *path, uint32_t rate_hz, size_t *n_samples)
{
    wav_format format;
    char name[4];
    uint32_t size;
    int has_format = 0;
    while (next_chunk(file, name, &size)) {
        if (memcmp(name, "fmt ", 4) == 0) {
            has_format = read_format(file, size, &format);
            if (!has_format || !suits(path, &format, rate_hz)) {
                return has_format ? NULL : refused(path, "its format chunk is cut short");
            }
        } else if (memcmp(name, "data", 4) == 0) {
            int16_t *samples = has_format ? read_samples(file, size, n_samples) : NULL;
            if (samples == NULL) {
                return refused(path, "holds no samples");
            }
            warn_if_cut(path, size, *n_samples);
            return samples;
        } else if (!skip(file, size + (size & 1U))) {
            break;
        }
    }
    return refused(path, "has no data chunk");
}

int16_t *wav_read(const char *path, uint32_t sample_rate_hz, size_t *n_samples)
{
    uint8_t head[12];
    int16_t *samples;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return refused(path, "cannot be opened");
    }
    if (fread(head, 1, sizeof(head), file) != sizeof(head) || memcmp(head, "RIFF", 4) != 0 ||
        memcmp(head + 8, "WAVE", 4) != 0) {
        samples = refused(path, "is no WAV file");
    } else {
        samples = read_chunks(file, path, sample_rate_hz, n_samples);
    }
    (void)fclose(file);
    return samples;
}
