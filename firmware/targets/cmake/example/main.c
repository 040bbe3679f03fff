/* Listens to raw audio on stdin (int16 of this computer, one channel, NAS_SAMPLE_RATE_HZ) and
 * prints the best class of each decision with its probability. */
#include <stdio.h>

#include "nas_listener.h"

int main(void)
{
    static nas_listener_t listener;
    static int16_t samples[NAS_HOP_LENGTH];
    size_t count;
    nas_listener_init(&listener);
    while ((count = fread(samples, sizeof(samples[0]), NAS_HOP_LENGTH, stdin)) > 0U) {
        const int8_t *output;
        (void)nas_listener_record(&listener, samples, count);
        while ((output = nas_listener_poll(&listener)) != NULL) {
            size_t best = 0;
            for (size_t i = 1; i < NAS_MODEL_N_CLASSES; ++i) {
                best = output[i] > output[best] ? i : best;
            }
            (void)printf("%s %.4f\n", nas_model_labels[best],
                         (double)NAS_MODEL_OUTPUT_SCALE *
                             (output[best] - NAS_MODEL_OUTPUT_ZERO_POINT));
        }
    }
    return 0;
}
