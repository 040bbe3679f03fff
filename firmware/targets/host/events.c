#include "events.h"

#include <inttypes.h>
#include <stdio.h>

#include "nas.h"

static nas_app_t app;

static void print_for_people(void *context, const nas_event_t *event)
{
    const uint64_t milliseconds = event->time * 1000U / NAS_SAMPLE_RATE_HZ;
    const double probability =
        (double)NAS_MODEL_OUTPUT_SCALE * (event->score - NAS_MODEL_OUTPUT_ZERO_POINT);
    (void)context;
    (void)printf("%" PRIu64 ".%03u %s %.4f\n", milliseconds / 1000U,
                 (unsigned)(milliseconds % 1000U), event->label, probability);
}

static void print_for_programs(void *context, const nas_event_t *event)
{
    (void)context;
    (void)printf("%" PRIu64 " %u %d\n", event->time, (unsigned)event->class_index, event->score);
    (void)fflush(stdout);
}

/* No more than a hop at a time, which always finds room. */
static void hear(const int16_t *samples, size_t n_samples)
{
    while (n_samples > 0U) {
        const size_t hop = n_samples < NAS_HOP_LENGTH ? n_samples : NAS_HOP_LENGTH;
        const size_t taken = nas_app_record(&app, samples, hop);
        nas_app_poll(&app);
        samples += taken;
        n_samples -= taken;
    }
}

void events_of_samples(const int16_t *samples, size_t n_samples)
{
    nas_app_init(&app, print_for_people, NULL);
    hear(samples, n_samples);
}

void events_of_input(void)
{
    int16_t samples[NAS_HOP_LENGTH];
    size_t count;
    nas_app_init(&app, print_for_programs, NULL);
    while ((count = fread(samples, sizeof(*samples), NAS_HOP_LENGTH, stdin)) > 0U) {
        hear(samples, count);
    }
}
