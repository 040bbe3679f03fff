/* The least application: it only listens. Its size is what the tree takes of a board. */
#include "nas.h"

int main(void);

static nas_app_t app;
static volatile int16_t microphone;
static volatile char answer;

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    answer = event->label[0];
}

int main(void)
{
    nas_app_init(&app, on_event, NULL);
    for (;;) {
        const int16_t sample = microphone;
        (void)nas_app_record(&app, &sample, 1U);
        nas_app_poll(&app);
    }
}
