/* Counts a hop of the listener at the generated settings, whatever the kind of front end: lines
 * `hop` and `decision`.
 *
 * A hop is what the app does for each NAS_HOP_LENGTH samples: they are recorded, polled, and make
 * one frame. A decision is what comes on top when one falls due, without the network: its input is
 * filled from the ring of features, between the two functions that stand for the model's. Samples
 * are noise. */
#include "listener.h"
#include "target.h"

#define HOPS 4U

static nas_listener_t listener;
static int16_t samples[NAS_HOP_LENGTH];
static int8_t model[NAS_MODEL_INPUT_BYTES];
static uint32_t decisions;
static uint32_t asked;
static uint32_t filling;

static uint32_t instructions(uint32_t start, uint32_t end)
{
    const uint32_t first = target_clock();
    const uint32_t reading = target_instructions(first, target_clock());
    return target_instructions(start, end) - reading;
}

int8_t *nas_model_input(void)
{
    asked = target_clock();
    return model;
}

const int8_t *nas_model_output(void)
{
    return model;
}

void nas_model_run(void)
{
    filling = instructions(asked, target_clock());
    ++decisions;
}

static void fill(void)
{
    static uint32_t state = 1U;
    for (uint32_t i = 0; i < NAS_HOP_LENGTH; ++i) {
        state = 1664525U * state + 1013904223U;
        samples[i] = (int16_t)((int32_t)(state >> 18) - 8192);
    }
}

static uint32_t one_hop(void)
{
    fill();
    const uint32_t start = target_clock();
    (void)nas_listener_record(&listener, samples, NAS_HOP_LENGTH);
    (void)nas_listener_poll(&listener);
    return instructions(start, target_clock());
}

/* Hops until the first frame, those that are counted, and those until the second decision: at the
 * first one the ring of features happens to lie in order. */
int main(void)
{
    uint32_t counted = 0;
    nas_listener_init(&listener);
    for (uint32_t heard = 0; heard < NAS_WIN_LENGTH; heard += NAS_HOP_LENGTH) {
        (void)one_hop();
    }
    for (uint32_t hop = 0; hop < HOPS; ++hop) {
        counted += one_hop();
    }
    while (decisions < 2U) {
        (void)one_hop();
    }
    target_print("hop", counted / HOPS);
    target_print("decision", filling);
    return 0;
}
