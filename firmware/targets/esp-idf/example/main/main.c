/* Listens to an I2S microphone (INMP441, ICS-43434 and the like) and logs what it hears.
 *
 * A task of its own reads the driver and records, app_main polls; each event is logged with its
 * probability and its time since the start.
 * One writes and one reads, so no lock is needed.
 */
#include <inttypes.h>

#include "driver/i2s_std.h"
#include "esp_err.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#include "nas.h"

#define MICROPHONE_STACK_BYTES 4096
#define MICROPHONE_PRIORITY 10 /* above app_main's 1: a late sample is a lost one */
#define WAIT_FOREVER UINT32_MAX

static const char *const TAG = "nas";
static nas_app_t app;

static i2s_chan_handle_t open_microphone(void)
{
    i2s_chan_handle_t microphone = NULL;
    const i2s_chan_config_t channel =
        I2S_CHANNEL_DEFAULT_CONFIG(I2S_NUM_AUTO, I2S_ROLE_MASTER);
    const i2s_std_config_t config = {
        .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(NAS_SAMPLE_RATE_HZ),
        .slot_cfg =
            I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_MONO),
        .gpio_cfg =
            {
                .mclk = I2S_GPIO_UNUSED,
                .bclk = (gpio_num_t)CONFIG_NAS_LISTEN_BCLK_GPIO,
                .ws = (gpio_num_t)CONFIG_NAS_LISTEN_WS_GPIO,
                .dout = I2S_GPIO_UNUSED,
                .din = (gpio_num_t)CONFIG_NAS_LISTEN_DIN_GPIO,
            },
    };
    ESP_ERROR_CHECK(i2s_new_channel(&channel, NULL, &microphone));
    ESP_ERROR_CHECK(i2s_channel_init_std_mode(microphone, &config));
    ESP_ERROR_CHECK(i2s_channel_enable(microphone));
    return microphone;
}

/* A microphone's word of 32 bits, its sample on the left, to 16 bits. */
static int16_t to_sample(int32_t word)
{
    const int32_t sample = word >> CONFIG_NAS_LISTEN_SHIFT;
    return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

static void microphone_task(void *unused)
{
    static int32_t words[NAS_HOP_LENGTH];
    static int16_t samples[NAS_HOP_LENGTH];
    const i2s_chan_handle_t microphone = open_microphone();
    (void)unused;
    for (;;) {
        size_t n_bytes = 0;
        ESP_ERROR_CHECK(
            i2s_channel_read(microphone, words, sizeof(words), &n_bytes, WAIT_FOREVER));
        const size_t count = n_bytes / sizeof(words[0]);
        for (size_t i = 0; i < count; ++i) {
            samples[i] = to_sample(words[i]);
        }
        (void)nas_app_record(&app, samples, count);
    }
}

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    ESP_LOGI(TAG, "%s %.2f at %.2f s", event->label, (double)nas_event_probability(event),
             nas_event_seconds(event));
}

static void report_lost_samples(void)
{
    static uint32_t reported;
    const uint32_t lost = nas_app_lost(&app);
    if (lost != reported) {
        ESP_LOGW(TAG, "%" PRIu32 " samples lost: the network takes longer than the ring holds",
                 lost - reported);
        reported = lost;
    }
}

void app_main(void)
{
    nas_app_init(&app, on_event, NULL);
    (void)xTaskCreate(microphone_task, "microphone", MICROPHONE_STACK_BYTES, NULL,
                      MICROPHONE_PRIORITY, NULL);
    for (;;) {
        nas_app_poll(&app);
        report_lost_samples();
        vTaskDelay(1);
    }
}
