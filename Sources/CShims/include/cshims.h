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

/// Rules out leaves of rows whose code, moved by `shift` around the circle of bytes, is above `limit` as a signed number.
typedef struct {
    uint32_t column;
    int8_t shift;
    int8_t limit;
    uint8_t leaves;
} demetra_order_rule;

/// Rules out leaves of rows whose code is not a member: bit h of byte l is for code 16 h + l, bit h of byte 16 + l for code
/// 128 + 16 h + l.
typedef struct {
    uint32_t column;
    uint8_t leaves;
    uint8_t members[32];
} demetra_set_rule;

/// What leads to the up to 32 leaves of a tree: for leaves 0...7, then 8...15 and so on, first all rules by order, then
/// all by membership, in two lists; `leaves` of a rule are bits of its eight.
typedef struct {
    const demetra_order_rule *order;
    const demetra_set_rule *set;
    uint16_t order_counts[4];
    uint16_t set_counts[4];
} demetra_tree_rules;

/// The leaf of each of 128 x `blocks` rows: the lowest that no rule rules out, 0 where none is left. By the processor's
/// vectors where it has AVX2, unless `by_loops`.
void demetra_leaves(const uint8_t *const *columns, size_t blocks, const demetra_tree_rules *tree, int by_loops, uint8_t *leaf);

/// The leaf of one row, whose codes stand side by side.
uint8_t demetra_leaf(const uint8_t *codes, const demetra_tree_rules *tree);

#endif
