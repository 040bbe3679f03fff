/* Our structs as ESP-NN's. */
#ifndef NAS_PORTS_ESP_NN_CONVERT_H
#define NAS_PORTS_ESP_NN_CONVERT_H

#include "esp_nn.h"
#include "nas/types.h"
#include "port.h"

static inline data_dims_t nas_esp_dims(const nas_dims *dims)
{
    const data_dims_t esp = {
        .width = dims->w, .height = dims->h, .channels = dims->c, .extra = dims->n};
    return esp;
}

static inline data_2d_t nas_esp_tile(nas_tile tile)
{
    const data_2d_t esp = {.width = tile.w, .height = tile.h};
    return esp;
}

static inline act_params_t nas_esp_activation(nas_activation activation)
{
    const act_params_t esp = {.min = activation.min, .max = activation.max};
    return esp;
}

/* ESP-NN reads the two arrays only, though their pointers are not const. */
static inline quant_data_t nas_esp_quant(const nas_per_channel_quant_params *quant)
{
    const quant_data_t esp = {.shift = (int32_t *)quant->shift,
                              .mult = (int32_t *)quant->multiplier};
    return esp;
}

static inline int nas_esp_is_dilated(nas_tile dilation)
{
    return dilation.w != 1 || dilation.h != 1;
}

/* Whether a size can be passed as ESP-NN's uint16_t. */
static inline int nas_esp_is_short(int32_t size)
{
    return size >= 0 && size <= (int32_t)UINT16_MAX;
}

#endif
