/* One plain C body, compiled for each instruction set and chosen at run time. For loops outside
 * the kernel tables that the compiler vectorises by itself (optimizers): only + - * / and sqrt,
 * which IEEE 754 rounds the same everywhere, and contraction is off, so every instance gives the
 * same bits.
 *
 *     static PLM_BODY void step_body(plm_real *restrict x, size_t count) { ...a plain loop... }
 *     PLM_PER_ISA(step, (const char *isa, plm_real *restrict x, size_t count), (x, count))
 *
 * makes `static void step(const char *isa, plm_real *restrict x, size_t count)`, which runs the
 * instance for isa. Pointers are parameters, because that is where every compiler believes
 * `restrict`. */
#ifndef PLM_KERNEL_PER_ISA_H
#define PLM_KERNEL_PER_ISA_H

#include "kernel/registers.h"
#include "kernel/tiny.h"

#define PLM_BODY inline __attribute__((always_inline))
/* Counts are multiples of 16; saying so spares the compiler loops for the rest. */
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
/* The first parameter is `const char *isa`, the kernel table's name: "plain", "neon", "avx2",
 * "avx512"; the first and the fourth letter tell. `arguments` are all others. */
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
