/* Copies or clears few numbers without a call. Vectors of 1 to 16 numbers, such as those of
 * grouped_dense, are so short that a call of memcpy takes longer than the copy. The sizes are
 * powers of two instead of a loop, since compilers make a loop such a call again. */
#ifndef PLM_OP_FEW_H
#define PLM_OP_FEW_H

#include <string.h>

#include "base/runtime.h"

/* From this count on, numbers are copied by memcpy and cleared by memset. A power of two. */
enum { PLM_FEW = 32 };

/* Copies the part of a copy that has `part` numbers, if `count` has such a part. */
#define PLM_FEW_COPY(part)                                                                         \
    if (count & (part)) {                                                                          \
        memcpy(to, from, (part) * sizeof *to);                                                     \
        to += (part);                                                                              \
        from += (part);                                                                            \
    }
/* Clears the part of some numbers that has `part` numbers, if `count` has such a part. */
#define PLM_FEW_CLEAR(part)                                                                        \
    if (count & (part)) {                                                                          \
        memset(to, 0, (part) * sizeof *to);                                                        \
        to += (part);                                                                              \
    }

/* Copies `count` numbers. The memory of the two must not overlap. */
static inline void plm_few_copy(plm_real *to, const plm_real *from, size_t count)
{
    if (count >= PLM_FEW) {
        memcpy(to, from, count * sizeof *to);
        return;
    }
    PLM_FEW_COPY(16)
    PLM_FEW_COPY(8)
    PLM_FEW_COPY(4)
    PLM_FEW_COPY(2)
    PLM_FEW_COPY(1)
}

/* Sets `count` numbers to 0. */
static inline void plm_few_clear(plm_real *to, size_t count)
{
    if (count >= PLM_FEW) {
        memset(to, 0, count * sizeof *to);
        return;
    }
    PLM_FEW_CLEAR(16)
    PLM_FEW_CLEAR(8)
    PLM_FEW_CLEAR(4)
    PLM_FEW_CLEAR(2)
    PLM_FEW_CLEAR(1)
}

#endif
