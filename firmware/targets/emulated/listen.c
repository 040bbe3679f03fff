/* The least application: it only listens. Its size is what the tree takes of a board. */
#include "listener.h"

int main(void);

static nas_listener_t listener;
static volatile int16_t microphone;
static volatile int8_t answer;

int main(void)
{
    nas_listener_init(&listener);
    for (;;) {
        const int16_t sample = microphone;
        const int8_t *output;
        (void)nas_listener_record(&listener, &sample, 1U);
        output = nas_listener_poll(&listener);
        if (output != NULL) {
            answer = output[0];
        }
    }
}
