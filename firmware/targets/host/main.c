/* Runs the exported firmware on this computer: a WAV file in, classes and probabilities out.
 *
 *     nas_run FILE.wav            one clip, centred or cropped as in training; best class first
 *     nas_run --stream FILE.wav   the whole file as a microphone would give it: a line a decision,
 *                                 `milliseconds label probability`
 *     nas_run --events FILE.wav   the same, a line an event: `seconds label probability`
 *     nas_run --raw               int16 clips on stdin, output bytes on stdout
 *     nas_run --raw-clips         the same, each behind the run-in of a file
 *     nas_run --raw-features      int16 clips on stdin, feature bytes on stdout
 *     nas_run --raw-events        int16 samples on stdin, events as they come on stdout:
 *                                 `time-in-samples class-index score`
 *
 * A front end with a state hears something before a clip: of a file, the run-in of the first golden
 * vector; on stdin each clip follows its own run-in, NAS_HEARD_LENGTH samples together.
 *
 * Exit codes: 0 done, 2 wrong usage, 3 unusable audio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip.h"
#include "events.h"
#include "listener.h"
#include "test_vectors.h"
#include "wav.h"

enum { DONE = 0, USAGE = 2, BAD_DATA = 3 };

static double probability(int8_t value)
{
    return (double)NAS_MODEL_OUTPUT_SCALE * (value - NAS_MODEL_OUTPUT_ZERO_POINT);
}

/* The best class not in `used`, the first of equals; marks it used. */
static size_t take_best(const int8_t *output, uint8_t used[NAS_MODEL_N_CLASSES])
{
    size_t best = NAS_MODEL_N_CLASSES;
    for (size_t i = 0; i < NAS_MODEL_N_CLASSES; ++i) {
        if (used[i] == 0U && (best == NAS_MODEL_N_CLASSES || output[i] > output[best])) {
            best = i;
        }
    }
    /* cppcheck-suppress arrayIndexOutOfBounds ; callers ask for no more classes than there are */
    used[best] = 1U;
    return best;
}

static void print_classes(const int8_t *output, size_t count)
{
    uint8_t used[NAS_MODEL_N_CLASSES] = {0};
    for (size_t i = 0; i < count; ++i) {
        const size_t best = take_best(output, used);
        (void)printf("%s %.4f\n", nas_model_labels[best], probability(output[best]));
    }
}

/* The network's output for a clip, behind the run-in of the first golden vector. */
static const int8_t *output_of(const int16_t *samples, size_t n_samples)
{
    static int16_t heard[NAS_HEARD_LENGTH];
    static int8_t features[NAS_FEATURE_LENGTH];
    const size_t run_in = NAS_HEARD_LENGTH - NAS_CLIP_LENGTH;
    memcpy(heard, nas_test_samples[0], run_in * sizeof(*heard));
    clip_fit(samples, n_samples, heard + run_in);
    clip_features(heard, features);
    return clip_output(features);
}

static int run_clip(const char *path)
{
    size_t n_samples = 0;
    int16_t *samples = wav_read(path, NAS_SAMPLE_RATE_HZ, &n_samples);
    if (samples == NULL) {
        return BAD_DATA;
    }
    print_classes(output_of(samples, n_samples), NAS_MODEL_N_CLASSES);
    free(samples);
    return DONE;
}

static int run_stream(const char *path)
{
    static nas_listener_t listener;
    size_t n_samples = 0;
    size_t heard = 0;
    int16_t *samples = wav_read(path, NAS_SAMPLE_RATE_HZ, &n_samples);
    if (samples == NULL) {
        return BAD_DATA;
    }
    nas_listener_init(&listener);
    while (heard < n_samples) {
        const size_t left = n_samples - heard;
        const size_t hop = left < NAS_HOP_LENGTH ? left : NAS_HOP_LENGTH;
        const int8_t *output;
        heard += nas_listener_record(&listener, samples + heard, hop);
        while ((output = nas_listener_poll(&listener)) != NULL) {
            (void)printf("%lu ", (unsigned long)(heard * 1000U / NAS_SAMPLE_RATE_HZ));
            print_classes(output, 1);
        }
    }
    free(samples);
    return DONE;
}

static int run_events(const char *path)
{
    size_t n_samples = 0;
    int16_t *samples = wav_read(path, NAS_SAMPLE_RATE_HZ, &n_samples);
    if (samples == NULL) {
        return BAD_DATA;
    }
    events_of_samples(samples, n_samples);
    free(samples);
    return DONE;
}

static int run_raw(int features_only)
{
    static int16_t heard[NAS_HEARD_LENGTH];
    static int8_t features[NAS_FEATURE_LENGTH];
    while (fread(heard, sizeof(*heard), NAS_HEARD_LENGTH, stdin) == NAS_HEARD_LENGTH) {
        clip_features(heard, features);
        if (features_only) {
            (void)fwrite(features, 1, sizeof(features), stdout);
        } else {
            (void)fwrite(clip_output(features), 1, NAS_MODEL_OUTPUT_BYTES, stdout);
        }
    }
    return DONE;
}

static int run_raw_clips(void)
{
    static int16_t clip[NAS_CLIP_LENGTH];
    while (fread(clip, sizeof(*clip), NAS_CLIP_LENGTH, stdin) == NAS_CLIP_LENGTH) {
        (void)fwrite(output_of(clip, NAS_CLIP_LENGTH), 1, NAS_MODEL_OUTPUT_BYTES, stdout);
    }
    return DONE;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--raw") == 0) {
        return run_raw(0);
    }
    if (argc == 2 && strcmp(argv[1], "--raw-clips") == 0) {
        return run_raw_clips();
    }
    if (argc == 2 && strcmp(argv[1], "--raw-features") == 0) {
        return run_raw(1);
    }
    if (argc == 2 && strcmp(argv[1], "--raw-events") == 0) {
        events_of_input();
        return DONE;
    }
    if (argc == 3 && strcmp(argv[1], "--events") == 0) {
        return run_events(argv[2]);
    }
    if (argc == 3 && strcmp(argv[1], "--stream") == 0) {
        return run_stream(argv[2]);
    }
    if (argc == 2 && strncmp(argv[1], "--", 2) != 0) {
        return run_clip(argv[1]);
    }
    (void)fprintf(stderr,
                  "usage: %s [--stream | --events] FILE.wav | --raw | --raw-clips | "
                  "--raw-features | --raw-events\n",
                  argv[0]);
    return USAGE;
}
