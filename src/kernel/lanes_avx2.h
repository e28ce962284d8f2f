/* The vector functions of the kernels in AVX2 with FMA: the 16 lanes are two registers, low (0 to
 * 7) and high (8 to 15). lanes_plain.h says what each function does; a half_ function does the same
 * for one register. */

typedef struct {
    __m256 low, high;
} lanes;
typedef lanes choice; /* a choice for each lane: all bits are set for true, none for false */
typedef struct {
    __m256d part[4]; /* lanes 0 to 3, 4 to 7, 8 to 11, 12 to 15 */
} wide;

PLM_INLINE lanes lanes_load(const float *x)
{
    return (lanes){_mm256_loadu_ps(x), _mm256_loadu_ps(x + 8)};
}

PLM_INLINE void lanes_store(float *y, lanes x)
{
    _mm256_storeu_ps(y, x.low);
    _mm256_storeu_ps(y + 8, x.high);
}

/* The next functions work on the first 8 lanes alone, for half panels. half_store writes 0 to the
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
    _mm256_storeu_ps(y, x);
    _mm256_storeu_ps(y + 8, _mm256_setzero_ps());
}

/* True in the first `count` lanes. */
PLM_INLINE choice lanes_first(size_t count)
{
    const __m256i limit = _mm256_set1_epi32((int)count);
    const __m256i low = _mm256_cmpgt_epi32(limit, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i high = _mm256_cmpgt_epi32(limit, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15));
    return (choice){_mm256_castsi256_ps(low), _mm256_castsi256_ps(high)};
}

PLM_INLINE lanes lanes_load_part(const float *x, size_t count)
{
    const choice first = lanes_first(count);
    const __m256 low = _mm256_maskload_ps(x, _mm256_castps_si256(first.low));
    if (count <= 8) /* x + 8 may be beyond the array, so it is not read */
        return (lanes){low, _mm256_setzero_ps()};
    return (lanes){low, _mm256_maskload_ps(x + 8, _mm256_castps_si256(first.high))};
}

/* Stores the first `count` <= 8 numbers of a half, in pieces of 4, 2 and 1. It does not use a
 * masked store, which takes some 40 cycles on several machines. */
PLM_INLINE void half_store_part(float *y, __m256 x, size_t count)
{
    if (count == 8) {
        _mm256_storeu_ps(y, x);
        return;
    }
    __m128 four = _mm256_castps256_ps128(x);
    if (count & 4) {
        _mm_storeu_ps(y, four);
        four = _mm256_extractf128_ps(x, 1);
        y += 4;
    }
    if (count & 2) {
        _mm_storel_pi((__m64 *)(void *)y, four);
        four = _mm_movehl_ps(four, four);
        y += 2;
    }
    if (count & 1)
        _mm_store_ss(y, four);
}

PLM_INLINE void lanes_store_part(float *y, lanes x, size_t count)
{
    half_store_part(y, x.low, count < 8 ? count : 8);
    if (count > 8)
        half_store_part(y + 8, x.high, count - 8);
}

PLM_INLINE lanes lanes_fill(float x)
{
    return (lanes){_mm256_set1_ps(x), _mm256_set1_ps(x)};
}

PLM_INLINE lanes lanes_add(lanes a, lanes b)
{
    return (lanes){_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_subtract(lanes a, lanes b)
{
    return (lanes){_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_multiply(lanes a, lanes b)
{
    return (lanes){_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_divide(lanes a, lanes b)
{
    return (lanes){_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_sqrt(lanes x)
{
    return (lanes){_mm256_sqrt_ps(x.low), _mm256_sqrt_ps(x.high)};
}

PLM_INLINE lanes lanes_fused(lanes a, lanes b, lanes c)
{
    return (lanes){_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}

PLM_INLINE lanes lanes_fused_minus(lanes a, lanes b, lanes c)
{
    return (lanes){_mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high)};
}

/* The larger and the smaller of two numbers. vmaxps computes a > b ? a : b and vminps a < b ? a :
 * b, so the result is b if a or b is NaN. */
PLM_INLINE lanes lanes_max(lanes a, lanes b)
{
    return (lanes){_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_min(lanes a, lanes b)
{
    return (lanes){_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
}

PLM_INLINE lanes lanes_absolute(lanes x)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return (lanes){_mm256_andnot_ps(sign, x.low), _mm256_andnot_ps(sign, x.high)};
}

/* Does the same as lanes_flushed. The comparison is `not less`, since that keeps a NaN. */
PLM_INLINE __m256 half_flushed(__m256 x)
{
    const __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
    return _mm256_and_ps(x, _mm256_cmp_ps(size, _mm256_set1_ps(PLM_TINY), _CMP_NLT_UQ));
}

PLM_INLINE lanes lanes_flushed(lanes x)
{
    return (lanes){half_flushed(x.low), half_flushed(x.high)};
}

PLM_INLINE lanes lanes_multiply_flushed(lanes factor, lanes x)
{
    return lanes_multiply(factor, lanes_flushed(x));
}

PLM_INLINE lanes lanes_negate(lanes x)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return (lanes){_mm256_xor_ps(sign, x.low), _mm256_xor_ps(sign, x.high)};
}

PLM_INLINE lanes lanes_with_sign(lanes magnitude, lanes sign)
{
    const __m256 bit = _mm256_set1_ps(-0.0f);
    return (lanes){
        _mm256_or_ps(_mm256_andnot_ps(bit, magnitude.low), _mm256_and_ps(bit, sign.low)),
        _mm256_or_ps(_mm256_andnot_ps(bit, magnitude.high), _mm256_and_ps(bit, sign.high))};
}

PLM_INLINE choice lanes_less(lanes a, lanes b)
{
    return (choice){_mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ),
                    _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)};
}

PLM_INLINE lanes lanes_pick(choice c, lanes yes, lanes no)
{
    return (lanes){_mm256_blendv_ps(no.low, yes.low, c.low),
                   _mm256_blendv_ps(no.high, yes.high, c.high)};
}

/* Returns 2^n. The low bits of i hold n + 127; the shift drops the bits above them. */
PLM_INLINE __m256 half_power_of_two(__m256i i)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(i, 23));
}

PLM_INLINE lanes lanes_power_of_two(lanes t)
{
    return (lanes){half_power_of_two(_mm256_castps_si256(t.low)),
                   half_power_of_two(_mm256_castps_si256(t.high))};
}

PLM_INLINE lanes lanes_scale(lanes x, lanes n, lanes t)
{
    (void)n;
    return lanes_multiply(x, lanes_power_of_two(t));
}

/* Returns x * 2^n, as the product with two powers of two; see lanes_scale_far in lanes_plain.h. */
PLM_INLINE __m256 half_scale_far(__m256 x, __m256 t)
{
    const __m256i whole = _mm256_castps_si256(t), half = _mm256_srli_epi32(whole, 1);
    const __m256 first = _mm256_mul_ps(x, half_power_of_two(half));
    return _mm256_mul_ps(first, half_power_of_two(_mm256_sub_epi32(whole, half)));
}

PLM_INLINE lanes lanes_scale_far(lanes x, lanes n, lanes t)
{
    (void)n;
    return (lanes){half_scale_far(x.low, t.low), half_scale_far(x.high, t.high)};
}

/* True if -64 <= n < 64 in all lanes, and no lane is NaN. t = n + 0x1.8p23 is a float whose bits
 * are 0x4B400000 + n. */
#define PLM_LANES_NEAR 1
PLM_INLINE bool lanes_near(lanes t)
{
    const __m256i offset = _mm256_set1_epi32(64 - 0x4B400000), mask = _mm256_set1_epi32(~127);
    const __m256i low = _mm256_add_epi32(_mm256_castps_si256(t.low), offset);
    const __m256i high = _mm256_add_epi32(_mm256_castps_si256(t.high), offset);
    return _mm256_testz_si256(_mm256_or_si256(low, high), mask);
}

/* Adds n, which the low bits of t hold, to the exponent of x. */
PLM_INLINE __m256 half_scale_near(__m256 x, __m256 t)
{
    const __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), exponent));
}

/* Returns x * 2^n for an x near 1; lanes_near(t) must be true. */
PLM_INLINE lanes lanes_scale_near(lanes x, lanes t)
{
    return (lanes){half_scale_near(x.low, t.low), half_scale_near(x.high, t.high)};
}

/* As lanes_split. */
PLM_INLINE __m256 half_split(__m256 x, __m256 *e)
{
    const __m256i root = _mm256_set1_epi32(0x3F3504F3);
    const __m256i offset = _mm256_sub_epi32(_mm256_castps_si256(x), root);
    *e = _mm256_cvtepi32_ps(_mm256_srai_epi32(offset, 23));
    return _mm256_castsi256_ps(
        _mm256_add_epi32(_mm256_and_si256(offset, _mm256_set1_epi32(0x7FFFFF)), root));
}

PLM_INLINE lanes lanes_split(lanes x, lanes *e)
{
    lanes m;
    m.low = half_split(x.low, &e->low);
    m.high = half_split(x.high, &e->high);
    return m;
}

PLM_INLINE float lanes_fold_sum(lanes x)
{
    const __m256 eight = _mm256_add_ps(x.low, x.high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

PLM_INLINE float lanes_fold_max(lanes x)
{
    const __m256 eight = _mm256_max_ps(x.low, x.high);
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

PLM_INLINE wide wide_zero(void)
{
    const __m256d zero = _mm256_setzero_pd();
    return (wide){{zero, zero, zero, zero}};
}

/* Converts the 16 lanes to double. */
PLM_INLINE wide wide_from(lanes x)
{
    return (wide){{_mm256_cvtps_pd(_mm256_castps256_ps128(x.low)),
                   _mm256_cvtps_pd(_mm256_extractf128_ps(x.low, 1)),
                   _mm256_cvtps_pd(_mm256_castps256_ps128(x.high)),
                   _mm256_cvtps_pd(_mm256_extractf128_ps(x.high, 1))}};
}

PLM_INLINE wide wide_add(wide w, lanes x)
{
    const wide d = wide_from(x);
    return (wide){{_mm256_add_pd(w.part[0], d.part[0]), _mm256_add_pd(w.part[1], d.part[1]),
                   _mm256_add_pd(w.part[2], d.part[2]), _mm256_add_pd(w.part[3], d.part[3])}};
}

PLM_INLINE wide wide_add_square(wide w, lanes x)
{
    const wide d = wide_from(x);
    return (wide){{_mm256_fmadd_pd(d.part[0], d.part[0], w.part[0]),
                   _mm256_fmadd_pd(d.part[1], d.part[1], w.part[1]),
                   _mm256_fmadd_pd(d.part[2], d.part[2], w.part[2]),
                   _mm256_fmadd_pd(d.part[3], d.part[3], w.part[3])}};
}

PLM_INLINE double wide_fold(wide w)
{
    const __m256d four =
        _mm256_add_pd(_mm256_add_pd(w.part[0], w.part[2]), _mm256_add_pd(w.part[1], w.part[3]));
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

/* ---- counters of Philox ---- */

typedef struct {
    __m256i even, odd; /* blocks 0, 2, 4, 6 and blocks 1, 3, 5, 7 */
} blocks;

PLM_INLINE blocks blocks_fill(uint32_t x)
{
    return (blocks){_mm256_set1_epi64x(x), _mm256_set1_epi64x(x)};
}

PLM_INLINE blocks blocks_count(uint32_t first)
{
    return (blocks){_mm256_add_epi64(_mm256_set1_epi64x(first), _mm256_setr_epi64x(0, 2, 4, 6)),
                    _mm256_add_epi64(_mm256_set1_epi64x(first), _mm256_setr_epi64x(1, 3, 5, 7))};
}

PLM_INLINE blocks blocks_multiply(blocks a, uint32_t factor)
{
    const __m256i f = _mm256_set1_epi64x(factor);
    return (blocks){_mm256_mul_epu32(a.even, f), _mm256_mul_epu32(a.odd, f)};
}

PLM_INLINE blocks blocks_mix(blocks product, blocks c, uint32_t key)
{
    const __m256i k = _mm256_set1_epi64x(key);
    const __m256i even = _mm256_xor_si256(_mm256_srli_epi64(product.even, 32), c.even);
    const __m256i odd = _mm256_xor_si256(_mm256_srli_epi64(product.odd, 32), c.odd);
    return (blocks){_mm256_xor_si256(even, k), _mm256_xor_si256(odd, k)};
}

/* Moves the words of the odd blocks to the upper 32 bits, so that a merge puts each of them after
 * the word of the even block. */
PLM_INLINE void blocks_store(uint32_t *y, blocks x)
{
    const __m256i odd = _mm256_slli_epi64(x.odd, 32);
    _mm256_storeu_si256((__m256i *)(void *)y, _mm256_blend_epi32(x.even, odd, 0xAA));
}

PLM_INLINE void lanes_leave(void)
{
    PLM_CLEAN_AVX();
}
