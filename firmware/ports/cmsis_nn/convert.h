/* Our structs as CMSIS-NN's. The fields have the same names; they are copied one by one, so that a
 * library that orders or adds fields otherwise still gets the right values. */
#ifndef NAS_PORTS_CMSIS_NN_CONVERT_H
#define NAS_PORTS_CMSIS_NN_CONVERT_H

#include "arm_nnfunctions.h"
#include "nas/types.h"
#include "port.h"

static inline cmsis_nn_dims nas_arm_dims(const nas_dims *dims)
{
    const cmsis_nn_dims arm = {.n = dims->n, .h = dims->h, .w = dims->w, .c = dims->c};
    return arm;
}

/* Dims of a bias for so many channels. */
static inline cmsis_nn_dims nas_arm_bias_dims(int32_t channels)
{
    const cmsis_nn_dims arm = {.n = 1, .h = 1, .w = 1, .c = channels};
    return arm;
}

static inline cmsis_nn_tile nas_arm_tile(nas_tile tile)
{
    const cmsis_nn_tile arm = {.w = tile.w, .h = tile.h};
    return arm;
}

static inline cmsis_nn_activation nas_arm_activation(nas_activation activation)
{
    const cmsis_nn_activation arm = {.min = activation.min, .max = activation.max};
    return arm;
}

/* CMSIS-NN reads the two arrays only, though their pointers are not const. */
static inline cmsis_nn_per_channel_quant_params
nas_arm_quant(const nas_per_channel_quant_params *quant)
{
    const cmsis_nn_per_channel_quant_params arm = {.multiplier = (int32_t *)quant->multiplier,
                                                   .shift = (int32_t *)quant->shift};
    return arm;
}

static inline cmsis_nn_pool_params nas_arm_pool(const nas_pool_params *pool)
{
    const cmsis_nn_pool_params arm = {.stride = nas_arm_tile(pool->stride),
                                      .padding = nas_arm_tile(pool->padding),
                                      .activation = nas_arm_activation(pool->activation)};
    return arm;
}

/* Scratch of `size` bytes for one call, below 0 for a call that is refused; fits() tells whether
 * it is there. */
static inline cmsis_nn_context nas_arm_context(int32_t size)
{
    const cmsis_nn_context context = {.buf = nas_port_scratch(size), .size = size};
    return context;
}

static inline int nas_arm_fits(const cmsis_nn_context *context)
{
    return context->size >= 0 && context->buf != NULL;
}

#endif
