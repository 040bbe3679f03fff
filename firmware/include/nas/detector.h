/* From the scores of decisions to detections: smoothing, a threshold a class, refractory time.
 *
 * After each decision, with the scores of the last `window` of them:
 *   1. mean       of each class, over the window, rounded down
 *   2. best       the class with the highest sum over the window, the first of equals
 *   3. fire       if its mean is its threshold or more, and no detection lies within the last
 *                 `refractory` decisions
 * None fires before `window` decisions were made. The window moves on whatever was detected: a
 * sound that stays above its threshold fires again when the refractory time is over.
 *
 * A score is a byte of the network's output. generated/detector.h holds the settings of a model as
 * macros. No heap, no floats, no globals; no argument is checked.
 */
#ifndef NAS_DETECTOR_H
#define NAS_DETECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Threshold of a class that never fires (background, unknown): above every score. */
#define NAS_DETECTOR_NEVER 128

/* What nas_detector_push returns when nothing fired. */
#define NAS_DETECTOR_NOTHING (-1)

/* thresholds  [n_classes] lowest mean that fires, -128 to 127, or NAS_DETECTOR_NEVER
 * refractory  decisions after a detection in which none fires
 * n_classes   1 to 32,767
 * window      decisions in the mean, 1 to 65,535
 */
typedef struct {
    const int16_t *thresholds;
    uint32_t refractory;
    uint16_t n_classes;
    uint16_t window;
} nas_detector_settings_t;

/* 20 bytes on a 32-bit target; the buffer is the caller's.
 *
 * scores   [window][n_classes] of the last decisions
 * oldest   row of scores that the next decision replaces
 * missing  decisions to go until the window is full
 * quiet    decisions to go until the refractory time is over
 */
typedef struct {
    const nas_detector_settings_t *settings;
    int8_t *scores;
    uint32_t oldest;
    uint32_t missing;
    uint32_t quiet;
} nas_detector_t;

/* Start; scores [window x n_classes] need not be cleared. */
void nas_detector_init(nas_detector_t *detector, const nas_detector_settings_t *settings,
                       int8_t *scores);

/* Take the scores [n_classes] of one more decision.
 * Returns the class that fired, and then its mean in *score, or NAS_DETECTOR_NOTHING. */
int32_t nas_detector_push(nas_detector_t *detector, const int8_t *scores, int8_t *score);

#ifdef __cplusplus
}
#endif

#endif
