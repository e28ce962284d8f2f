/* The most fused multiply-adds that a core does: what shares of the peak are measured against.
 * For bench programs. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { PEAK_STEPS = 40000 };

/* Time of this thread alone, so that what else runs on the machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the peak: 12 chains in registers, the number of fused multiply-adds done ---- */

#define TWELVE(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define PEAK_START(i) peak_type c##i = x;
#define PEAK_FUSE(i) c##i = peak_fuse(c##i, x, y);

typedef double peak_function(void);

#if defined(__x86_64__)
#define peak_type __m512
#define peak_fuse _mm512_fmadd_ps
__attribute__((target("avx512f"))) static double peak_avx512(void)
{
    const __m512 x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(1e-6f);
    TWELVE(PEAK_START)
    for (int i = 0; i < PEAK_STEPS; i++) {
        TWELVE(PEAK_FUSE)
        __asm__ volatile("" : "+v"(c0), "+v"(c1), "+v"(c2), "+v"(c3), "+v"(c4), "+v"(c5));
        __asm__ volatile("" : "+v"(c6), "+v"(c7), "+v"(c8), "+v"(c9), "+v"(c10), "+v"(c11));
    }
    return 12.0 * PEAK_STEPS * 16;
}
#undef peak_type
#undef peak_fuse
#define peak_type __m256
#define peak_fuse _mm256_fmadd_ps
__attribute__((target("avx2,fma"))) static double peak_avx2(void)
{
    const __m256 x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(1e-6f);
    TWELVE(PEAK_START)
    for (int i = 0; i < PEAK_STEPS; i++) {
        TWELVE(PEAK_FUSE)
        __asm__ volatile("" : "+x"(c0), "+x"(c1), "+x"(c2), "+x"(c3), "+x"(c4), "+x"(c5));
        __asm__ volatile("" : "+x"(c6), "+x"(c7), "+x"(c8), "+x"(c9), "+x"(c10), "+x"(c11));
    }
    return 12.0 * PEAK_STEPS * 8;
}
#undef peak_type
#undef peak_fuse
#elif defined(__aarch64__)
#define peak_type float32x4_t
#define peak_fuse(c, a, b) vfmaq_f32(b, c, a)
static double peak_neon(void)
{
    const float32x4_t x = vdupq_n_f32(0.999f), y = vdupq_n_f32(1e-6f);
    TWELVE(PEAK_START)
    for (int i = 0; i < PEAK_STEPS; i++) {
        TWELVE(PEAK_FUSE)
        __asm__ volatile("" : "+w"(c0), "+w"(c1), "+w"(c2), "+w"(c3), "+w"(c4), "+w"(c5));
        __asm__ volatile("" : "+w"(c6), "+w"(c7), "+w"(c8), "+w"(c9), "+w"(c10), "+w"(c11));
    }
    return 12.0 * PEAK_STEPS * 4;
}
#undef peak_type
#undef peak_fuse
#endif

/* The loop of an instruction set; NULL for plain C, which has no peak to speak of. */
static peak_function *peak_of(const char *isa)
{
#if defined(__x86_64__)
    if (strcmp(isa, "avx512") == 0)
        return peak_avx512;
    if (strcmp(isa, "avx2") == 0)
        return peak_avx2;
#elif defined(__aarch64__)
    if (strcmp(isa, "neon") == 0)
        return peak_neon;
#endif
    (void)isa;
    return NULL;
}

/* Fused multiply-adds a second, now. One loop takes some 60 us, against which a reading of the
 * clock (a system call) is nothing; with a short loop the peak came out too low and products
 * above 100 %. */
static double peak_now(peak_function *peak)
{
    double most = 0;
    for (int i = 0; i < 4; i++) {
        const double begun = now();
        const double done = peak();
        const double rate = done / (now() - begun);
        most = rate > most ? rate : most;
    }
    return most;
}

#endif
