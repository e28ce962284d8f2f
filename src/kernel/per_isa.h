/* Compiles a plain C function for each instruction set, and chooses the version at run time. It is
 * for loops outside the kernel tables that the compiler vectorizes by itself, such as those of
 * optimizers. The loops use only + - * / and sqrt, which IEEE 754 rounds the same everywhere, and
 * the compiler may not fuse a multiplication and an addition. So every version gives the same bits.
 *
 *     static PLM_BODY void step_body(plm_real *restrict x, size_t count) { ...a plain loop... }
 *     PLM_PER_ISA(step, (const char *isa, plm_real *restrict x, size_t count), (x, count))
 *
 * defines `static void step(const char *isa, plm_real *restrict x, size_t count)`, which runs the
 * version for isa. Pointers must be parameters: compilers reliably honour `restrict` only there. */
#ifndef PLM_KERNEL_PER_ISA_H
#define PLM_KERNEL_PER_ISA_H

#include "kernel/registers.h"
#include "kernel/tiny.h"

/* Marks the body, which is inlined into each version, so that it is compiled for the instruction
 * set of that version. */
#define PLM_BODY inline __attribute__((always_inline))
/* `count` rounded down to a multiple of 16. The counts are such multiples already; the rounding
 * tells the compiler so, which then makes no loop for a remainder. */
#define PLM_WHOLE(count) ((count) / 16 * 16)

#define PLM_OPEN_(...) __VA_ARGS__
#define PLM_WITH_ISA_(arguments) (isa, PLM_OPEN_ arguments)

#if defined(__x86_64__)
#define PLM_TARGET_AVX2 __attribute__((target("avx2,fma")))
#if defined(__clang__)
#define PLM_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#else
#define PLM_TARGET_AVX512                                                                          \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,prefer-vector-width=512")))
#endif
/* Defines the versions name_avx2 and name_avx512 of name_body, and `name`, which chooses. The first
 * of the `parameters` must be `const char *isa`, the name of the kernel table: "plain", "neon",
 * "avx2" or "avx512". The first and the fourth letter are enough to distinguish these names.
 * `arguments`: the names of all other parameters. */
#define PLM_PER_ISA(name, parameters, arguments)                                                   \
    PLM_TARGET_AVX2 static void name##_avx2 parameters                                             \
    {                                                                                              \
        (void)isa;                                                                                 \
        name##_body arguments;                                                                     \
        PLM_CLEAN_AVX();                                                                           \
    }                                                                                              \
    PLM_TARGET_AVX512 static void name##_avx512 parameters                                         \
    {                                                                                              \
        (void)isa;                                                                                 \
        name##_body arguments;                                                                     \
        PLM_CLEAN_AVX();                                                                           \
    }                                                                                              \
    static void name parameters                                                                    \
    {                                                                                              \
        if (isa && isa[0] == 'a' && isa[3] == '5')                                                 \
            name##_avx512 PLM_WITH_ISA_(arguments);                                                \
        else if (isa && isa[0] == 'a' && isa[3] == '2')                                            \
            name##_avx2 PLM_WITH_ISA_(arguments);                                                  \
        else {                                                                                     \
            name##_body arguments;                                                                 \
            PLM_CLEAN_BASE();                                                                      \
        }                                                                                          \
    }
#else
#define PLM_PER_ISA(name, parameters, arguments)                                                   \
    static void name parameters                                                                    \
    {                                                                                              \
        (void)isa;                                                                                 \
        name##_body arguments;                                                                     \
    }
#endif

#endif
