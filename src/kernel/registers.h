/* Leaves the vector registers as the caller expects them. On Intel, code that was compiled without
 * AVX (libm, for example) runs up to 27 times slower while the upper halves of the registers are in
 * use. The instruction vzeroupper ends that. clang inserts it in every build; gcc inserts it only
 * when it optimizes for speed (from -O2 on). So every kernel function that other code calls ends
 * with one of these macros:
 *
 *     PLM_CLEAN_AVX()    in a function compiled for AVX2 or AVX-512
 *     PLM_CLEAN_BASE()   in a function compiled for the machine that the whole build targets
 *
 * The unit test `registers` checks every function of every kernel table. */
#ifndef PLM_KERNEL_REGISTERS_H
#define PLM_KERNEL_REGISTERS_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PLM_CLEAN_AVX() __builtin_ia32_vzeroupper()
#else
#define PLM_CLEAN_AVX() ((void)0)
#endif

#if defined(__AVX__)
#define PLM_CLEAN_BASE() PLM_CLEAN_AVX()
#else
#define PLM_CLEAN_BASE() ((void)0)
#endif

#endif
