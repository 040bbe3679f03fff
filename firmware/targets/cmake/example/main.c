/* Listens to raw audio on stdin (int16 of this computer, one channel, NAS_SAMPLE_RATE_HZ) and
 * prints each event: seconds since the start, class, probability. */
#include <stdio.h>

#include "nas.h"

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    (void)printf("%.3f %s %.4f\n", nas_event_seconds(event), event->label,
                 (double)nas_event_probability(event));
}

int main(void)
{
    static nas_app_t app;
    static int16_t samples[NAS_HOP_LENGTH];
    size_t count;
    nas_app_init(&app, on_event, NULL);
    while ((count = fread(samples, sizeof(samples[0]), NAS_HOP_LENGTH, stdin)) > 0U) {
        (void)nas_app_record(&app, samples, count);
        nas_app_poll(&app);
    }
    return 0;
}
