#include "cshims.h"

// CRC-32C by the processor's instruction where there is one, else by a table made at first use.

static uint32_t table[256];
static int table_is_ready = 0;

static uint32_t by_table(const uint8_t *p, size_t n) {
    if (!table_is_ready) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
            table[i] = value;
        }
        table_is_ready = 1;
    }
    uint32_t crc = ~0u;
    for (size_t i = 0; i < n; i++) crc = table[(crc ^ p[i]) & 0xff] ^ crc >> 8;
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <string.h>

__attribute__((target("sse4.2"))) static uint32_t by_instruction(const uint8_t *p, size_t n) {
    uint64_t crc = ~0u;
    while (n >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = _mm_crc32_u64(crc, word);
        p += 8;
        n -= 8;
    }
    uint32_t rest = (uint32_t)crc;
    while (n > 0) {
        rest = _mm_crc32_u8(rest, *p++);
        n--;
    }
    return ~rest;
}

uint32_t demetra_crc32c(const uint8_t *p, size_t n) {
    return __builtin_cpu_supports("sse4.2") ? by_instruction(p, n) : by_table(p, n);
}
#else
uint32_t demetra_crc32c(const uint8_t *p, size_t n) { return by_table(p, n); }
#endif
