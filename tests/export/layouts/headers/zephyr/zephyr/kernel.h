#pragma once
#include <stddef.h>
#include <stdint.h>
struct k_mem_slab {
    void *free_list;
};
struct k_thread {
    void *stack;
};
typedef struct k_thread *k_tid_t;
typedef struct {
    int64_t ticks;
} k_timeout_t;
typedef char k_thread_stack_t;
typedef void (*k_thread_entry_t)(void *p1, void *p2, void *p3);
#define K_NO_WAIT ((k_timeout_t){0})
#define ARG_UNUSED(x) (void)(x)
#define K_MEM_SLAB_DEFINE_STATIC(name, size, count, align)                       \
    static char name##_bytes[(size) * (count)] __attribute__((aligned(align)));  \
    static struct k_mem_slab name = {name##_bytes}
#define K_THREAD_STACK_DEFINE(name, size) static k_thread_stack_t name[size]
#define K_THREAD_STACK_SIZEOF(name) sizeof(name)
void k_mem_slab_free(struct k_mem_slab *slab, void *mem);
int32_t k_msleep(int32_t ms);
k_tid_t k_thread_create(struct k_thread *new_thread, k_thread_stack_t *stack, size_t stack_size,
                        k_thread_entry_t entry, void *p1, void *p2, void *p3, int prio,
                        uint32_t options, k_timeout_t delay);
