/* Counts the instructions of the front end's stages, and of a whole hop, at the generated settings:
 * lines `window`, `fft`, `mel`, `hop`.
 *
 * A hop is what the app does for each NAS_HOP_LENGTH samples: they are recorded, polled, and make
 * one frame. No decision falls due, so the network does not run. Samples are noise. */
#include "listener.h"
#include "nas/fft.h"
#include "target.h"

#define HOPS 4U

static nas_listener_t listener;
static int16_t samples[NAS_WIN_LENGTH];
static int8_t model[NAS_MODEL_INPUT_BYTES];

int8_t *nas_model_input(void)
{
    return model;
}

const int8_t *nas_model_output(void)
{
    return model;
}

void nas_model_run(void)
{
    target_write("error: a decision fell due\n");
    target_exit(1);
}

static void fill(void)
{
    static uint32_t state = 1U;
    for (uint32_t i = 0; i < NAS_WIN_LENGTH; ++i) {
        state = 1664525U * state + 1013904223U;
        samples[i] = (int16_t)((int32_t)(state >> 18) - 8192);
    }
}

static void print(const char *name, uint32_t start, uint32_t end, uint32_t times)
{
    const uint32_t first = target_clock();
    const uint32_t reading = target_instructions(first, target_clock());
    target_print(name, (target_instructions(start, end) - reading) / times);
}

static void stages(void)
{
    int8_t features[NAS_N_MELS];
    int32_t *work = listener.front_end.work;
    uint32_t start = target_clock();
    nas_window_apply(&nas_front_end_tables, samples, work);
    print("window", start, target_clock(), 1U);
    start = target_clock();
    nas_fft_real(work, nas_front_end_tables.sine, NAS_N_FFT);
    print("fft", start, target_clock(), 1U);
    start = target_clock();
    nas_mel_features(&nas_front_end_tables, work, features);
    print("mel", start, target_clock(), 1U);
}

static void one_hop(void)
{
    (void)nas_listener_record(&listener, samples, NAS_HOP_LENGTH);
    (void)nas_listener_poll(&listener);
}

/* Hops until the first frame, then those that are counted. */
static void hops(void)
{
    uint32_t start;
    nas_listener_init(&listener);
    for (uint32_t heard = 0; heard < NAS_WIN_LENGTH; heard += NAS_HOP_LENGTH) {
        one_hop();
    }
    start = target_clock();
    for (uint32_t hop = 0; hop < HOPS; ++hop) {
        one_hop();
    }
    print("hop", start, target_clock(), HOPS);
}

int main(void)
{
    fill();
    stages();
    hops();
    return 0;
}
