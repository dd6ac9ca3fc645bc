#include "cshims.h"

#if defined(__GLIBC__)
#include <malloc.h>

void demetra_keep_freed_memory(void) {
    // The two belong together: larger blocks are mapped and unmapped one by one.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
}
#else
void demetra_keep_freed_memory(void) {}
#endif
