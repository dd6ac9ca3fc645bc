#ifndef DEMETRA_CSHIMS_H
#define DEMETRA_CSHIMS_H
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

/// Bit i is set when byte i of the 16 bytes at `p` equals `c`.
static inline uint32_t demetra_mask16_equal(const uint8_t *p, uint8_t c) {
#if defined(__x86_64__)
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)c)));
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(p[i] == c) << i;
    return mask;
#endif
}

/// Bit i is set when byte i of the 64 bytes at `p` equals `c`.
static inline uint64_t demetra_mask64_equal(const uint8_t *p, uint8_t c) {
    return (uint64_t)demetra_mask16_equal(p, c) | (uint64_t)demetra_mask16_equal(p + 16, c) << 16 |
           (uint64_t)demetra_mask16_equal(p + 32, c) << 32 | (uint64_t)demetra_mask16_equal(p + 48, c) << 48;
}

/// Makes Ctrl-C set a flag instead of ending the process.
void demetra_interrupt_install(void);

/// Not zero while a Ctrl-C waits to be taken.
int demetra_interrupt_is_pending(void);

/// Not zero when Ctrl-C was pressed since the last call.
int demetra_interrupt_take(void);

/// The CRC-32C of `n` bytes.
uint32_t demetra_crc32c(const uint8_t *p, size_t n);

/// Makes the allocator keep up to 256 MiB of freed memory instead of giving it back and faulting it in again for
/// the next query; less where the memory allowed is little. For programs, not for libraries: it is a policy of the
/// whole process.
void demetra_keep_freed_memory(size_t limit);

#endif
