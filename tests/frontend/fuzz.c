/* Runs front ends of any kind on cases from standard input, for the sanitizers to watch.
 *
 * A case is a run of uint32: kind (its place in the list of kinds), n_samples, win_length,
 * hop_length, n_bins, work words, n_portions; then the portions, whose sum is n_samples; then the
 * samples; then the kind's tables in the order of its struct, arrays as a length in bytes and the
 * bytes, numbers as an int64. The answer is a uint32 length and the features of the whole clip.
 *
 * The clip, and the same samples in portions, run on memory full of two different patterns and
 * must agree. Each buffer is an allocation of its exact size; samples lie 2 bytes off a word where
 * their number is odd. Compiled with fuzz_kinds.h, generated from the registered kinds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t kind, n_samples, win_length, hop_length, n_bins, n_work, n_portions;
} header;

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "wrong: %s\n", what);
        abort();
    }
}

static void take(void *bytes, size_t count)
{
    must(count == 0U || fread(bytes, count, 1, stdin) == 1, "input");
}

static void *room(size_t count, int pattern)
{
    void *bytes = malloc(count > 0U ? count : 1U);
    must(bytes != NULL, "memory");
    memset(bytes, pattern, count);
    return bytes;
}

static void *take_array(void)
{
    uint32_t count;
    take(&count, sizeof count);
    if (count == 0U) {
        return NULL;
    }
    void *bytes = room(count, 0);
    take(bytes, count);
    return bytes;
}

static int64_t take_number(void)
{
    int64_t number;
    take(&number, sizeof number);
    return number;
}

/* A copy of n samples that ends where its allocation ends, for the caller to free with `drop`. */
static int16_t *copy(const int16_t *samples, size_t n)
{
    int16_t *bytes = room((n + n % 2U) * sizeof(int16_t), 0);
    memcpy(bytes + n % 2U, samples, n * sizeof(int16_t));
    return bytes + n % 2U;
}

static void drop(int16_t *samples, size_t n)
{
    free(samples - n % 2U);
}

static void answer(const int8_t *features, size_t count)
{
    const uint32_t length = (uint32_t)count;
    fwrite(&length, sizeof length, 1, stdout);
    fwrite(features, 1, count, stdout);
    fflush(stdout);
}

/* One kind: `NAME`_tables_t and its functions, on tables that READ has filled. */
#define RUN(NAME)                                                                                 \
    static void run_##NAME(const header *h, const uint32_t *portions, const int16_t *samples)     \
    {                                                                                             \
        nas_##NAME##_tables_t tables;                                                             \
        const size_t frames = 1U + (h->n_samples - h->win_length) / h->hop_length;                \
        const size_t bytes = frames * h->n_bins;                                                  \
        int8_t *features = room(bytes, 0), *stream = room(bytes, 0);                              \
        int32_t *work = room(h->n_work * sizeof(int32_t), 0x5a);                                  \
        int16_t *all = copy(samples, h->n_samples);                                               \
        read_##NAME(&tables);                                                                     \
        must(nas_##NAME##_clip(&tables, all, h->n_samples, work, features) == frames, "clip");    \
        drop(all, h->n_samples);                                                                  \
        free(work);                                                                               \
        nas_##NAME##_state_t *state = room(sizeof *state, 0xa5);                                  \
        int16_t *history = room(h->win_length * sizeof(int16_t), 0xa5);                           \
        size_t got = 0, start = 0;                                                                \
        work = room(h->n_work * sizeof(int32_t), 0xa5);                                           \
        nas_##NAME##_init(state, &tables, work, history);                                         \
        for (uint32_t i = 0; i < h->n_portions; ++i) {                                            \
            const size_t n = portions[i];                                                         \
            const size_t most = (n + h->hop_length - 1U) / h->hop_length;                         \
            int8_t *rows = room(most * h->n_bins, 0);                                             \
            int16_t *some = copy(samples + start, n);                                             \
            const size_t count = nas_##NAME##_push(state, some, n, rows);                         \
            must(count <= most && got + count <= frames, "frames of a portion");                  \
            memcpy(stream + got * h->n_bins, rows, count * h->n_bins);                            \
            got += count;                                                                         \
            start += n;                                                                           \
            drop(some, n);                                                                        \
            free(rows);                                                                           \
        }                                                                                         \
        must(got == frames, "frames of the stream");                                              \
        must(memcmp(features, stream, bytes) == 0, "bytes of the stream");                        \
        answer(features, bytes);                                                                  \
        free_##NAME(&tables);                                                                     \
        free(state), free(history), free(work), free(stream), free(features);                     \
    }

#include "fuzz_kinds.h"

int main(void)
{
    header h;
    while (fread(&h, sizeof h, 1, stdin) == 1) {
        uint32_t *portions = room(h.n_portions * sizeof(uint32_t), 0);
        int16_t *samples = room(h.n_samples * sizeof(int16_t), 0);
        take(portions, h.n_portions * sizeof(uint32_t));
        take(samples, h.n_samples * sizeof(int16_t));
        runs[h.kind](&h, portions, samples);
        free(portions), free(samples);
    }
    return 0;
}
