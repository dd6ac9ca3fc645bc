#include "cshims.h"

#if defined(__GLIBC__)
#include <malloc.h>

void demetra_keep_freed_memory(size_t limit) {
    // The two belong together: larger blocks are mapped and unmapped one by one.
    // Each thread has its own: of little memory that would be much.
    size_t part = limit < (256 << 20) ? limit / 64 : limit / 16;
    size_t kept = part < (256 << 20) ? part : 256 << 20;
    mallopt(M_MMAP_THRESHOLD, kept / 8 < (32 << 20) ? (int)(kept / 8) : 32 << 20);
    mallopt(M_TRIM_THRESHOLD, (int)kept);
}
#else
void demetra_keep_freed_memory(size_t limit) { (void)limit; }
#endif
