#include "audio_ring.h"

#define LENGTH ((uint32_t)NAS_AUDIO_RING_LENGTH)

/* Order of samples and positions, for the compiler and for two cores that share the ring: what
 * stands behind ACQUIRE stays behind the position read before it, what stands before RELEASE stays
 * before the position written after it. One instruction (dmb, fence, memw), no library. */
#if defined(__GNUC__)
#define ACQUIRE() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define RELEASE() __atomic_thread_fence(__ATOMIC_RELEASE)
#else
/* C99 has no fence. A function that the compiler cannot know keeps the order on one core. */
static void nothing(void)
{
}
static void (*volatile const unknown)(void) = nothing;
#define ACQUIRE() unknown()
#define RELEASE() unknown()
#endif

static uint32_t index_of(uint32_t position)
{
    return position < LENGTH ? position : position - LENGTH;
}

static uint32_t advanced(uint32_t position, uint32_t steps)
{
    const uint32_t next = position + steps;
    return next < 2U * LENGTH ? next : next - 2U * LENGTH;
}

static uint32_t waiting(const nas_audio_ring_t *ring)
{
    const uint32_t written = ring->written;
    const uint32_t taken = ring->taken;
    return written >= taken ? written - taken : written + 2U * LENGTH - taken;
}

void nas_audio_ring_init(nas_audio_ring_t *ring)
{
    ring->written = 0U;
    ring->taken = 0U;
    ring->lost = 0U;
    ring->missed = 0U;
}

size_t nas_audio_ring_room(const nas_audio_ring_t *ring)
{
    const uint32_t here = waiting(ring);
    return here > 0U && ring->lost != ring->missed ? 0U : LENGTH - here;
}

size_t nas_audio_ring_write(nas_audio_ring_t *ring, const int16_t *samples, size_t n_samples)
{
    const uint32_t room = (uint32_t)nas_audio_ring_room(ring);
    const uint32_t count = n_samples < room ? (uint32_t)n_samples : room;
    ACQUIRE();
    if (room == LENGTH) { /* empty: the reader looks at `missed` only where samples lie */
        ring->missed = ring->lost;
    }
    for (uint32_t i = 0; i < count; ++i) {
        ring->samples[index_of(advanced(ring->written, i))] = samples[i];
    }
    RELEASE();
    ring->written = advanced(ring->written, count);
    ring->lost += (uint32_t)(n_samples - count);
    return count;
}

size_t nas_audio_ring_peek(const nas_audio_ring_t *ring, const int16_t **samples, size_t most)
{
    const uint32_t start = index_of(ring->taken);
    const uint32_t here = LENGTH - start;
    uint32_t count = waiting(ring);
    ACQUIRE();
    count = count < here ? count : here;
    *samples = ring->samples + start;
    return count < most ? count : most;
}

void nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples)
{
    RELEASE();
    ring->taken = advanced(ring->taken, (uint32_t)n_samples);
}
