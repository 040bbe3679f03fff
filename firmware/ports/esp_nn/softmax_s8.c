/* esp_nn_softmax_s8 in the place of nas_softmax_s8.
 *
 * Scratch that does not fit leaves it to the portable kernel.
 */
#include "nas/kernels.h"

#define nas_softmax_s8 nas_softmax_s8_portable
#include "../../kernels/softmax_s8.c"
#undef nas_softmax_s8

#include "convert.h"

void nas_softmax_s8(const int8_t *input, int32_t num_rows, int32_t row_size, int32_t mult,
                    int32_t shift, int32_t diff_min, int8_t *output)
{
    void *const scratch = nas_port_scratch(esp_nn_get_softmax_scratch_size(row_size, num_rows));
    if (scratch == NULL) {
        nas_softmax_s8_portable(input, num_rows, row_size, mult, shift, diff_min, output);
        return;
    }
    esp_nn_set_softmax_scratch_buf(scratch);
    esp_nn_softmax_s8(input, num_rows, row_size, mult, shift, diff_min, output);
}
