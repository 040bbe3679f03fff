/* Front ends of any kind and setting, side by side in one program.
 *
 * probe_frontend_case.c makes one of these of each setting's generated tables. A program goes
 * through probe_cases; what a kind is called in C is known to its case alone. */
#ifndef NAS_PROBE_FRONTEND_H
#define NAS_PROBE_FRONTEND_H

#include <stddef.h>
#include <stdint.h>

/* One setting: lengths in samples, and its kind's functions on memory of memory_bytes, aligned to
 * 8. `push` and `clip` return the frames that they wrote, of n_bins bytes each. */
typedef struct {
    uint32_t memory_bytes;
    uint32_t clip_length;
    uint32_t win_length;
    uint32_t hop_length;
    uint32_t n_bins;
    void (*init)(void *memory);
    size_t (*push)(void *memory, const int16_t *samples, size_t n_samples, int8_t *features);
    size_t (*clip)(void *memory, const int16_t *samples, size_t n_samples, int8_t *features);
} probe_front_end;

extern const probe_front_end *const probe_cases[];
extern const uint32_t probe_n_cases;

#endif
