/* Declares the tables of this build, one per instruction set. Only kernel.c and the files of the
 * instruction sets (plain.c, avx2.c, ...) include this. */
#ifndef PLM_KERNEL_TABLES_H
#define PLM_KERNEL_TABLES_H

#include "kernel/kernel.h"
#include "kernel/registers.h"
#include "kernel/tiny.h"

/* The macros say which instruction sets this build has. The test build in double has only the plain
 * table. */
#if defined(__x86_64__) && !defined(PLM_DOUBLE)
#define PLM_HAS_X86 1
#else
#define PLM_HAS_X86 0
#endif
#if defined(__aarch64__) && !defined(PLM_DOUBLE)
#define PLM_HAS_NEON 1
#else
#define PLM_HAS_NEON 0
#endif

/* The table in plain C, which every build has. */
extern const plm_kernels plm_kernels_plain;
/* The tables that exist only in some builds; kernel.c chooses one at run time. */
#if PLM_HAS_X86
extern const plm_kernels plm_kernels_avx2, plm_kernels_avx512;
#endif
#if PLM_HAS_NEON
extern const plm_kernels plm_kernels_neon;
#endif

/* Marks the small functions of the bodies. They must be inlined, so that the lanes stay in
 * registers. */
/* plain.c lets the compiler decide, since it is a reference and need not be fast */
#ifndef PLM_INLINE
#define PLM_INLINE static inline __attribute__((always_inline, unused))
#endif

#endif
