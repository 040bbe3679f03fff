/* Listens to the digital microphone with the node label dmic_dev and logs what it hears.
 *
 * A thread of its own takes blocks from the driver and records them, main polls; each event is
 * logged with its probability and its time since the start. One writes and one reads, so no lock is
 * needed.
 */
#include <stddef.h>
#include <stdint.h>

#include <zephyr/audio/dmic.h>
#include <zephyr/device.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "nas.h"

#if defined(CONFIG_AUDIO_DMIC_NRFX_PDM) && NAS_SAMPLE_RATE_HZ < 12500
#error "the nRF's PDM microphone gives 12,500 Hz and more: search with sample_rate_hz: [16_000]"
#endif

LOG_MODULE_REGISTER(nas_listen, LOG_LEVEL_INF);

#define BLOCK_BYTES (NAS_HOP_LENGTH * sizeof(int16_t))
#define BLOCKS 4
#define READ_TIMEOUT_MS 1000
#define MICROPHONE_STACK_BYTES 2048
#define MICROPHONE_PRIORITY (-1) /* above main's 0: a late block is a lost one */

K_MEM_SLAB_DEFINE_STATIC(blocks, BLOCK_BYTES, BLOCKS, 4);

static const struct device *const microphone = DEVICE_DT_GET(DT_NODELABEL(dmic_dev));
static nas_app_t app;

static int start_microphone(void)
{
    struct pcm_stream_cfg stream = {
        .pcm_rate = NAS_SAMPLE_RATE_HZ,
        .pcm_width = 16,
        .block_size = BLOCK_BYTES,
        .mem_slab = &blocks,
    };
    struct dmic_cfg config = {
        .io =
            {
                .min_pdm_clk_freq = 1000000,
                .max_pdm_clk_freq = 3500000,
                .min_pdm_clk_dc = 40,
                .max_pdm_clk_dc = 60,
            },
        .streams = &stream,
        .channel =
            {
                .req_num_streams = 1,
                .req_num_chan = 1,
                .req_chan_map_lo = dmic_build_channel_map(0, 0, PDM_CHAN_LEFT),
            },
    };
    const int error = dmic_configure(microphone, &config);
    return error < 0 ? error : dmic_trigger(microphone, DMIC_TRIGGER_START);
}

static void microphone_thread(void *p1, void *p2, void *p3)
{
    ARG_UNUSED(p1);
    ARG_UNUSED(p2);
    ARG_UNUSED(p3);
    for (;;) {
        void *block = NULL;
        size_t n_bytes = 0;
        const int error = dmic_read(microphone, 0, &block, &n_bytes, READ_TIMEOUT_MS);
        if (error < 0) {
            LOG_ERR("reading the microphone failed: %d", error);
            (void)k_msleep(READ_TIMEOUT_MS);
            continue;
        }
        const size_t count = n_bytes / sizeof(int16_t);
        (void)nas_app_record(&app, block, count);
        k_mem_slab_free(&blocks, block);
    }
}

K_THREAD_STACK_DEFINE(microphone_stack, MICROPHONE_STACK_BYTES);
static struct k_thread microphone_thread_data;

/* In whole numbers: Zephyr's log prints no floats unless CONFIG_CBPRINTF_FP_SUPPORT says so. */
static void on_event(void *context, const nas_event_t *event)
{
    const unsigned int percent = (unsigned int)(nas_event_probability(event) * 100.0F + 0.5F);
    const unsigned int seconds = (unsigned int)(event->time / NAS_SAMPLE_RATE_HZ);
    const unsigned int part = (unsigned int)(event->time % NAS_SAMPLE_RATE_HZ);
    (void)context;
    LOG_INF("%s %u %% at %u.%02u s", event->label, percent, seconds,
            part * 100U / NAS_SAMPLE_RATE_HZ);
}

static void report_lost_samples(void)
{
    static uint32_t reported;
    const uint32_t lost = nas_app_lost(&app);
    if (lost != reported) {
        LOG_WRN("%u samples lost: the network takes longer than the ring holds",
                (unsigned int)(lost - reported));
        reported = lost;
    }
}

int main(void)
{
    nas_app_init(&app, on_event, NULL);
    if (!device_is_ready(microphone) || start_microphone() < 0) {
        LOG_ERR("the microphone does not start");
        return 0;
    }
    (void)k_thread_create(&microphone_thread_data, microphone_stack,
                          K_THREAD_STACK_SIZEOF(microphone_stack), microphone_thread, NULL, NULL,
                          NULL, MICROPHONE_PRIORITY, 0, K_NO_WAIT);
    for (;;) {
        nas_app_poll(&app);
        report_lost_samples();
        (void)k_msleep(1);
    }
}
