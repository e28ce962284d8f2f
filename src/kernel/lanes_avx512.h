/* The vector functions of the kernels in AVX-512: the 16 lanes are one register, and a choice is a
 * mask of 16 bits. lanes_plain.h says what each function does. */

typedef __m512 lanes;
typedef __mmask16 choice;
typedef struct {
    __m512d low, high; /* lanes 0 to 7 and 8 to 15 */
} wide;

PLM_INLINE lanes lanes_load(const float *x)
{
    return _mm512_loadu_ps(x);
}

PLM_INLINE void lanes_store(float *y, lanes x)
{
    _mm512_storeu_ps(y, x);
}

/* The next functions work on the first 8 lanes alone, for half panels. The store writes 0 to the
 * other 8 lanes. */
typedef __m256 half_lanes;

PLM_INLINE half_lanes half_zero(void)
{
    return _mm256_setzero_ps();
}

PLM_INLINE half_lanes half_load(const float *x)
{
    return _mm256_loadu_ps(x);
}

PLM_INLINE void half_store(float *y, half_lanes x)
{
    _mm512_storeu_ps(y, _mm512_zextps256_ps512(x));
}

/* True in the first `count` lanes. */
PLM_INLINE choice lanes_first(size_t count)
{
    return (choice)((1u << count) - 1u);
}

PLM_INLINE lanes lanes_load_part(const float *x, size_t count)
{
    return _mm512_maskz_loadu_ps(lanes_first(count), x);
}

PLM_INLINE void lanes_store_part(float *y, lanes x, size_t count)
{
    _mm512_mask_storeu_ps(y, lanes_first(count), x);
}

PLM_INLINE lanes lanes_fill(float x)
{
    return _mm512_set1_ps(x);
}

PLM_INLINE lanes lanes_add(lanes a, lanes b)
{
    return _mm512_add_ps(a, b);
}

PLM_INLINE lanes lanes_subtract(lanes a, lanes b)
{
    return _mm512_sub_ps(a, b);
}

PLM_INLINE lanes lanes_multiply(lanes a, lanes b)
{
    return _mm512_mul_ps(a, b);
}

PLM_INLINE lanes lanes_divide(lanes a, lanes b)
{
    return _mm512_div_ps(a, b);
}

PLM_INLINE lanes lanes_sqrt(lanes x)
{
    return _mm512_sqrt_ps(x);
}

PLM_INLINE lanes lanes_fused(lanes a, lanes b, lanes c)
{
    return _mm512_fmadd_ps(a, b, c);
}

PLM_INLINE lanes lanes_fused_minus(lanes a, lanes b, lanes c)
{
    return _mm512_fnmadd_ps(a, b, c);
}

/* The larger and the smaller of two numbers. vmaxps computes a > b ? a : b and vminps a < b ? a :
 * b, so the result is b if a or b is NaN. */
PLM_INLINE lanes lanes_max(lanes a, lanes b)
{
    return _mm512_max_ps(a, b);
}

PLM_INLINE lanes lanes_min(lanes a, lanes b)
{
    return _mm512_min_ps(a, b);
}

PLM_INLINE lanes lanes_absolute(lanes x)
{
    return _mm512_castsi512_ps(
        _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7FFFFFFF)));
}

PLM_INLINE lanes lanes_flushed(lanes x)
{
    const __mmask16 kept =
        _mm512_cmp_ps_mask(lanes_absolute(x), _mm512_set1_ps(PLM_TINY), _CMP_NLT_UQ);
    return _mm512_maskz_mov_ps(kept, x);
}

/* The comparison masks the multiplication, which so needs no instruction more than a plain one. */
PLM_INLINE lanes lanes_multiply_flushed(lanes factor, lanes x)
{
    const __mmask16 kept =
        _mm512_cmp_ps_mask(lanes_absolute(x), _mm512_set1_ps(PLM_TINY), _CMP_NLT_UQ);
    return _mm512_maskz_mul_ps(kept, factor, x);
}

/* The square root of x by multiply-adds, correctly rounded; x is 0, infinite, NaN or at least
 * PLM_TINY. It needs some ten instructions, but not the divider, which takes 12 cycles for a
 * register on Intel's Xeons. It is computed by two functions, lanes_root_begin and lanes_root_end,
 * so that the steps of several roots can alternate.
 *
 * The start y has 14 bits of 1 / sqrt(x). A Newton step (Markstein's form) improves s = x y and h =
 * y / 2 to about an ulp of sqrt(x) and of 1 / (2 sqrt(x)). Then x - s^2 is exact, and s + h (x -
 * s^2) rounds correctly: s may be wrong by an ulp and h by two ulps. A computation over all such s
 * and h showed that the result depends on them for a few x only; train/roots.c tries these x on the
 * machine. */
#define PLM_ROOT_BY_FMA 1
typedef struct {
    lanes s, h;
} half_root;

/* x^2, or 0 where x^2 is below PLM_TINY: plm_square (tiny.h). */
PLM_INLINE lanes lanes_flushed_square(lanes x)
{
    const __mmask16 kept =
        _mm512_cmp_ps_mask(lanes_absolute(x), _mm512_set1_ps(PLM_TINY_ROOT), _CMP_NLT_UQ);
    return _mm512_maskz_mul_ps(kept, x, x);
}

/* Returns x, or 0 where x is below PLM_TINY, for x >= 0. Floats that are not negative have the same
 * order as their bits, so the bits are compared. */
PLM_INLINE lanes lanes_flushed_positive(lanes x)
{
    const __m512i tiny = _mm512_castps_si512(_mm512_set1_ps(PLM_TINY));
    const __mmask16 kept = _mm512_cmp_epu32_mask(_mm512_castps_si512(x), tiny, _MM_CMPINT_NLT);
    return _mm512_maskz_mov_ps(kept, x);
}

/* Returns lanes_flushed of the 16 numbers at x. The numbers to keep are loaded a second time, since
 * a load costs less here than an arithmetic operation. */
PLM_INLINE lanes lanes_load_flushed(const float *x)
{
    const __mmask16 kept = _mm512_cmp_ps_mask(lanes_absolute(_mm512_loadu_ps(x)),
                                              _mm512_set1_ps(PLM_TINY), _CMP_NLT_UQ);
    return _mm512_maskz_loadu_ps(kept, x);
}

PLM_INLINE half_root lanes_root_begin(lanes x)
{
    /* rsqrt14 gets PLM_TINY for a NaN and for 0; for x = 0, s and the root are then 0 */
    const lanes y = _mm512_rsqrt14_ps(_mm512_max_ps(x, _mm512_set1_ps(PLM_TINY)));
    return (half_root){_mm512_mul_ps(x, y), _mm512_mul_ps(y, _mm512_set1_ps(0.5f))};
}

PLM_INLINE lanes lanes_root_end(half_root from, lanes x)
{
    const lanes r = _mm512_fnmadd_ps(from.s, from.h, _mm512_set1_ps(0.5f));
    const lanes s = _mm512_fmadd_ps(from.s, r, from.s), h = _mm512_fmadd_ps(from.h, r, from.h);
    const lanes root = _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, x), h, s);
    /* sets the root of infinity to infinity, and that of a NaN to the NaN */
    return _mm512_fixupimm_ps(root, x, _mm512_set1_epi32(0x03130122), 0);
}

PLM_INLINE lanes lanes_negate(lanes x)
{
    return _mm512_xor_ps(x, _mm512_set1_ps(-0.0f));
}

PLM_INLINE lanes lanes_with_sign(lanes magnitude, lanes sign)
{
    /* The constant 0xCA means: a bit of the result is that of the second operand where the first
     * operand's bit is 1, else that of the third operand. */
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_set1_epi32(0x7FFFFFFF),
                                                         _mm512_castps_si512(magnitude),
                                                         _mm512_castps_si512(sign), 0xCA));
}

PLM_INLINE choice lanes_less(lanes a, lanes b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}

PLM_INLINE lanes lanes_pick(choice c, lanes yes, lanes no)
{
    return _mm512_mask_blend_ps(c, no, yes);
}

/* Unlike AVX2, AVX-512 has no lanes_near here. Scaling is one instruction, so function_exp is
 * faster without lanes_near (5.9 against 5.3 exponentials/ns on a Zen 4). */
PLM_INLINE lanes lanes_power_of_two(lanes t)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(t), 23));
}

/* Returns x * 2^n. The instruction scalef multiplies by 2^n, so t is not needed. */
PLM_INLINE lanes lanes_scale(lanes x, lanes n, lanes t)
{
    (void)t;
    return _mm512_scalef_ps(x, n);
}

PLM_INLINE lanes lanes_scale_far(lanes x, lanes n, lanes t)
{
    (void)t;
    return _mm512_scalef_ps(x, n);
}

PLM_INLINE lanes lanes_split(lanes x, lanes *e)
{
    const __m512i root = _mm512_set1_epi32(0x3F3504F3);
    const __m512i offset = _mm512_sub_epi32(_mm512_castps_si512(x), root);
    *e = _mm512_cvtepi32_ps(_mm512_srai_epi32(offset, 23));
    return _mm512_castsi512_ps(
        _mm512_add_epi32(_mm512_and_si512(offset, _mm512_set1_epi32(0x7FFFFF)), root));
}

PLM_INLINE float lanes_fold_sum(lanes x)
{
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

PLM_INLINE float lanes_fold_max(lanes x)
{
    const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

PLM_INLINE wide wide_zero(void)
{
    return (wide){_mm512_setzero_pd(), _mm512_setzero_pd()};
}

PLM_INLINE wide wide_add(wide w, lanes x)
{
    w.low = _mm512_add_pd(w.low, _mm512_cvtps_pd(_mm512_castps512_ps256(x)));
    w.high = _mm512_add_pd(w.high, _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)));
    return w;
}

PLM_INLINE wide wide_add_square(wide w, lanes x)
{
    const __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x));
    const __m512d high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
    w.low = _mm512_fmadd_pd(low, low, w.low);
    w.high = _mm512_fmadd_pd(high, high, w.high);
    return w;
}

PLM_INLINE double wide_fold(wide w)
{
    const __m512d eight = _mm512_add_pd(w.low, w.high);
    const __m256d four =
        _mm256_add_pd(_mm512_castpd512_pd256(eight), _mm512_extractf64x4_pd(eight, 1));
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

/* ---- counters of Philox ---- */

typedef __m512i blocks;

PLM_INLINE blocks blocks_fill(uint32_t x)
{
    return _mm512_set1_epi64(x);
}

PLM_INLINE blocks blocks_count(uint32_t first)
{
    return _mm512_add_epi64(blocks_fill(first), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
}

PLM_INLINE blocks blocks_multiply(blocks a, uint32_t factor)
{
    return _mm512_mul_epu32(a, blocks_fill(factor));
}

PLM_INLINE blocks blocks_mix(blocks product, blocks c, uint32_t key)
{
    const __m512i high = _mm512_srli_epi64(product, 32);
    /* 0x96: exclusive or of three */
    return _mm512_ternarylogic_epi64(high, c, blocks_fill(key), 0x96);
}

PLM_INLINE void blocks_store(uint32_t *y, blocks x)
{
    _mm256_storeu_si256((__m256i *)(void *)y, _mm512_cvtepi64_epi32(x));
}

PLM_INLINE void lanes_leave(void)
{
    PLM_CLEAN_AVX();
}
