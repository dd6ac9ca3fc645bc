#include "cshims.h"

#include <string.h>

// Rows are worked on 128 at a time, and the 32 leaves in four bytes a row, one byte after the other: a rule touches
// only the bytes that have leaves it rules out.

enum { BLOCK = 128, PLANES = 4 };

static int is_member(const demetra_set_rule *set, uint8_t code) {
    uint8_t high = code >> 4;
    return set->members[(high & 8) << 1 | (code & 15)] >> (high & 7) & 1;
}

static void leaves_by_loops(const uint8_t *const *columns, size_t start, const demetra_tree_rules *tree, uint8_t *leaf) {
    const demetra_order_rule *order = tree->order;
    const demetra_set_rule *set = tree->set;
    uint8_t planes[PLANES][BLOCK];
    for (int plane = 0; plane < PLANES; plane++) {
        uint8_t *left = planes[plane];
        memset(left, 0xff, BLOCK);
        for (const demetra_order_rule *end = order + tree->order_counts[plane]; order < end; order++) {
            const uint8_t *codes = columns[order->column] + start;
            uint8_t shift = (uint8_t)order->shift, leaves = order->leaves;
            int8_t limit = order->limit;
            for (int row = 0; row < BLOCK; row++)
                left[row] &= (int8_t)(uint8_t)(codes[row] + shift) > limit ? (uint8_t)~leaves : 0xff;
        }
        for (const demetra_set_rule *end = set + tree->set_counts[plane]; set < end; set++) {
            const uint8_t *codes = columns[set->column] + start;
            for (int row = 0; row < BLOCK; row++) left[row] &= is_member(set, codes[row]) ? 0xff : (uint8_t)~set->leaves;
        }
    }
    for (int row = 0; row < BLOCK; row++) {
        uint32_t open = planes[0][row] | (uint32_t)planes[1][row] << 8 | (uint32_t)planes[2][row] << 16 |
                        (uint32_t)planes[3][row] << 24;
        leaf[row] = open ? (uint8_t)__builtin_ctz(open) : 0;
    }
}

uint8_t demetra_leaf(const uint8_t *codes, const demetra_tree_rules *tree) {
    const demetra_order_rule *order = tree->order;
    const demetra_set_rule *set = tree->set;
    uint32_t ruled_out = 0;
    for (int plane = 0; plane < PLANES; plane++) {
        uint8_t here = 0;
        for (const demetra_order_rule *end = order + tree->order_counts[plane]; order < end; order++)
            here |= (int8_t)(uint8_t)(codes[order->column] + order->shift) > order->limit ? order->leaves : 0;
        for (const demetra_set_rule *end = set + tree->set_counts[plane]; set < end; set++)
            here |= is_member(set, codes[set->column]) ? 0 : set->leaves;
        ruled_out |= (uint32_t)here << 8 * plane;
    }
    return ~ruled_out ? (uint8_t)__builtin_ctz(~ruled_out) : 0;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/// What is left of 32 rows' leaves after a rule by order.
AVX2 static inline __m256i keep_by_order(__m256i left, const uint8_t *codes, __m256i shift, __m256i limit, __m256i leaves) {
    __m256i shifted = _mm256_add_epi8(shift, _mm256_loadu_si256((const __m256i *)codes));
    return _mm256_andnot_si256(_mm256_and_si256(_mm256_cmpgt_epi8(shifted, limit), leaves), left);
}

/// What is left of 32 rows' leaves after a rule by membership. `low` and `high` hold, for each low half of a code, a
/// bit for each of its high halves 0...7 and 8...15.
AVX2 static inline __m256i keep_by_set(__m256i left, const uint8_t *codes, __m256i low, __m256i high, __m256i leaves) {
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i bits = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32,
                                          64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    __m256i code = _mm256_loadu_si256((const __m256i *)codes);
    __m256i low_half = _mm256_and_si256(code, half);
    __m256i members = _mm256_blendv_epi8(_mm256_shuffle_epi8(low, low_half), _mm256_shuffle_epi8(high, low_half), code);
    __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(code, 4), half));
    __m256i goes_right = _mm256_cmpeq_epi8(_mm256_and_si256(members, bit), _mm256_setzero_si256());
    return _mm256_andnot_si256(_mm256_and_si256(goes_right, leaves), left);
}

/// The number of the lowest leaf left in each of 32 rows; a row without any gets 0.
AVX2 static inline __m256i lowest(__m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i zero = _mm256_setzero_si256(), eight = _mm256_set1_epi8(8), half = _mm256_set1_epi8(15);
    const __m256i low_place = _mm256_setr_epi8(8, 0, 1, 8, 2, 8, 8, 8, 3, 8, 8, 8, 8, 8, 8, 8, 8, 0, 1, 8, 2, 8, 8, 8, 3,
                                               8, 8, 8, 8, 8, 8, 8);
    const __m256i high_place = _mm256_setr_epi8(8, 4, 5, 8, 6, 8, 8, 8, 7, 8, 8, 8, 8, 8, 8, 8, 8, 4, 5, 8, 6, 8, 8, 8, 7,
                                                8, 8, 8, 8, 8, 8, 8);
    __m256i no_a = _mm256_cmpeq_epi8(a, zero), no_b = _mm256_cmpeq_epi8(b, zero), no_c = _mm256_cmpeq_epi8(c, zero);
    __m256i byte = _mm256_blendv_epi8(a, _mm256_blendv_epi8(b, _mm256_blendv_epi8(c, d, no_c), no_b), no_a);
    __m256i before = _mm256_and_si256(no_c, eight);
    before = _mm256_and_si256(no_b, _mm256_add_epi8(before, eight));
    before = _mm256_and_si256(no_a, _mm256_add_epi8(before, eight));
    __m256i bit = _mm256_and_si256(byte, _mm256_sub_epi8(zero, byte));
    __m256i place = _mm256_min_epu8(_mm256_shuffle_epi8(low_place, _mm256_and_si256(bit, half)),
                                    _mm256_shuffle_epi8(high_place, _mm256_and_si256(_mm256_srli_epi16(bit, 4), half)));
    return _mm256_and_si256(_mm256_add_epi8(before, place), _mm256_set1_epi8(31));
}

AVX2 static void leaves_by_avx2(const uint8_t *const *columns, size_t start, const demetra_tree_rules *tree, uint8_t *leaf) {
    const demetra_order_rule *order = tree->order;
    const demetra_set_rule *set = tree->set;
    __m256i planes[PLANES][4];
    for (int plane = 0; plane < PLANES; plane++) {
        __m256i all = _mm256_set1_epi8(-1), a = all, b = all, c = all, d = all;
        for (const demetra_order_rule *end = order + tree->order_counts[plane]; order < end; order++) {
            const uint8_t *codes = columns[order->column] + start;
            __m256i shift = _mm256_set1_epi8(order->shift), limit = _mm256_set1_epi8(order->limit);
            __m256i leaves = _mm256_set1_epi8((char)order->leaves);
            a = keep_by_order(a, codes, shift, limit, leaves);
            b = keep_by_order(b, codes + 32, shift, limit, leaves);
            c = keep_by_order(c, codes + 64, shift, limit, leaves);
            d = keep_by_order(d, codes + 96, shift, limit, leaves);
        }
        for (const demetra_set_rule *end = set + tree->set_counts[plane]; set < end; set++) {
            const uint8_t *codes = columns[set->column] + start;
            __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->members));
            __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(set->members + 16)));
            __m256i leaves = _mm256_set1_epi8((char)set->leaves);
            a = keep_by_set(a, codes, low, high, leaves);
            b = keep_by_set(b, codes + 32, low, high, leaves);
            c = keep_by_set(c, codes + 64, low, high, leaves);
            d = keep_by_set(d, codes + 96, low, high, leaves);
        }
        planes[plane][0] = a;
        planes[plane][1] = b;
        planes[plane][2] = c;
        planes[plane][3] = d;
    }
    for (int part = 0; part < 4; part++)
        _mm256_storeu_si256((__m256i *)(leaf + 32 * part),
                            lowest(planes[0][part], planes[1][part], planes[2][part], planes[3][part]));
}
#endif

void demetra_leaves(const uint8_t *const *columns, size_t blocks, const demetra_tree_rules *tree, int by_loops, uint8_t *leaf) {
#if defined(__x86_64__)
    if (!by_loops && __builtin_cpu_supports("avx2")) {
        for (size_t block = 0; block < blocks; block++)
            leaves_by_avx2(columns, block * BLOCK, tree, leaf + block * BLOCK);
        return;
    }
#endif
    (void)by_loops;
    for (size_t block = 0; block < blocks; block++) leaves_by_loops(columns, block * BLOCK, tree, leaf + block * BLOCK);
}
