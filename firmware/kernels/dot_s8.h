/* One window of inputs times all filters: the inner loops of convolve and fully_connected. */
#ifndef NAS_DOT_S8_H
#define NAS_DOT_S8_H

#include "output_s8.h"

/* Rows of elements, each in one run in the input and in every filter; at least one row. From a row
 * to the next go the steps, and after every `rows_a_line` rows the gaps as well; in elements. */
typedef struct {
    int32_t rows;
    int32_t columns; /* elements of a row, or 0 */
    int32_t input_step;
    int32_t filter_step;
    int32_t rows_a_line;
    int32_t input_gap;
    int32_t filter_gap;
} nas_dot_window;

/* Filters, and what becomes of their sums. */
typedef struct {
    const int32_t *bias; /* one a filter, or NULL */
    int32_t count;
    int32_t stride;      /* from a filter to the next */
    int32_t input_offset;
    nas_output_stage stage;
} nas_filters;

/* output[i] = the byte of bias[i] + the sum over the window of (input + input_offset) * filter i,
 * for all filters. The window starts at `input` and `filter`; the output of a filter is written
 * when those before it are, and the whole window is read again for the filters behind it. */
void nas_dot_s8(const nas_filters *filters, const nas_dot_window *window, const int8_t *input,
                const int8_t *filter, int8_t *output);

#endif
