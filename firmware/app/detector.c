#include "nas/detector.h"

#include <string.h>

void nas_detector_init(nas_detector_t *detector, const nas_detector_settings_t *settings,
                       int8_t *scores)
{
    detector->settings = settings;
    detector->scores = scores;
    detector->oldest = 0U;
    detector->missing = settings->window;
    detector->quiet = 0U;
}

/* Sum of one class over the window, each score raised by 128: 0 to 255 x window. */
static uint32_t raised_sum(const nas_detector_t *detector, size_t index)
{
    const size_t step = detector->settings->n_classes;
    const int8_t *score = detector->scores + index;
    uint32_t sum = 0U;
    for (uint32_t i = 0U; i < detector->settings->window; ++i) {
        sum += (uint32_t)(*score + 128);
        score += step;
    }
    return sum;
}

static size_t best_class(const nas_detector_t *detector, uint32_t *sum)
{
    size_t best = 0U;
    *sum = raised_sum(detector, 0U);
    for (size_t i = 1U; i < detector->settings->n_classes; ++i) {
        const uint32_t other = raised_sum(detector, i);
        if (other > *sum) {
            *sum = other;
            best = i;
        }
    }
    return best;
}

static void keep(nas_detector_t *detector, const int8_t *scores)
{
    const nas_detector_settings_t *settings = detector->settings;
    const size_t count = settings->n_classes;
    memcpy(detector->scores + detector->oldest * count, scores, count);
    ++detector->oldest;
    if (detector->oldest == settings->window) {
        detector->oldest = 0U;
    }
    if (detector->missing > 0U) {
        --detector->missing;
    }
}

int32_t nas_detector_push(nas_detector_t *detector, const int8_t *scores, int8_t *score)
{
    const nas_detector_settings_t *settings = detector->settings;
    size_t best;
    uint32_t sum;
    int32_t mean;
    keep(detector, scores);
    if (detector->quiet > 0U) {
        --detector->quiet;
        return NAS_DETECTOR_NOTHING;
    }
    if (detector->missing > 0U) {
        return NAS_DETECTOR_NOTHING;
    }
    best = best_class(detector, &sum);
    mean = (int32_t)(sum / settings->window) - 128;
    if (mean < settings->thresholds[best]) {
        return NAS_DETECTOR_NOTHING;
    }
    detector->quiet = settings->refractory;
    *score = (int8_t)mean;
    return (int32_t)best;
}
