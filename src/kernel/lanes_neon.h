/* The vector functions of the kernels in NEON (64-bit ARM): the 16 lanes are four registers of
 * four. lanes_plain.h says what each function does; a quarter_ function does the same for one
 * register. */

typedef struct {
    float32x4_t part[4];
} lanes;
typedef struct {
    uint32x4_t part[4]; /* all bits of a lane are set for true, none for false */
} choice;
typedef struct {
    float64x2_t part[8]; /* lanes 0 and 1, 2 and 3, ... */
} wide;

/* Each macro applies an operation f with one, two or three operands to the four registers of 16
 * lanes. */
#define NEON_ONE(f, a) ((lanes){{f((a).part[0]), f((a).part[1]), f((a).part[2]), f((a).part[3])}})
#define NEON_TWO(f, a, b)                                                                          \
    ((lanes){{f((a).part[0], (b).part[0]), f((a).part[1], (b).part[1]),                            \
              f((a).part[2], (b).part[2]), f((a).part[3], (b).part[3])}})
#define NEON_THREE(f, a, b, c)                                                                     \
    ((lanes){{f((a).part[0], (b).part[0], (c).part[0]), f((a).part[1], (b).part[1], (c).part[1]),  \
              f((a).part[2], (b).part[2], (c).part[2]),                                            \
              f((a).part[3], (b).part[3], (c).part[3])}})

PLM_INLINE lanes lanes_load(const float *x)
{
    return (lanes){{vld1q_f32(x), vld1q_f32(x + 4), vld1q_f32(x + 8), vld1q_f32(x + 12)}};
}

PLM_INLINE void lanes_store(float *y, lanes x)
{
    vst1q_f32(y, x.part[0]);
    vst1q_f32(y + 4, x.part[1]);
    vst1q_f32(y + 8, x.part[2]);
    vst1q_f32(y + 12, x.part[3]);
}

/* The next functions work on the first 8 lanes alone, for half panels. The store writes 0 to the
 * other 8 lanes. */
typedef struct {
    float32x4_t part[2];
} half_lanes;

PLM_INLINE half_lanes half_zero(void)
{
    return (half_lanes){{vdupq_n_f32(0), vdupq_n_f32(0)}};
}

PLM_INLINE half_lanes half_load(const float *x)
{
    return (half_lanes){{vld1q_f32(x), vld1q_f32(x + 4)}};
}

PLM_INLINE void half_store(float *y, half_lanes x)
{
    lanes_store(y, (lanes){{x.part[0], x.part[1], vdupq_n_f32(0), vdupq_n_f32(0)}});
}

/* Copies the numbers to an array of zeros and loads the array, since NEON has no masked load. */
PLM_INLINE lanes lanes_load_part(const float *x, size_t count)
{
    float whole[PLM_LANES] = {0};
    memcpy(whole, x, count * sizeof *x);
    return lanes_load(whole);
}

PLM_INLINE void lanes_store_part(float *y, lanes x, size_t count)
{
    float whole[PLM_LANES];
    lanes_store(whole, x);
    memcpy(y, whole, count * sizeof *y);
}

PLM_INLINE lanes lanes_fill(float x)
{
    const float32x4_t four = vdupq_n_f32(x);
    return (lanes){{four, four, four, four}};
}

PLM_INLINE lanes lanes_add(lanes a, lanes b)
{
    return NEON_TWO(vaddq_f32, a, b);
}

PLM_INLINE lanes lanes_subtract(lanes a, lanes b)
{
    return NEON_TWO(vsubq_f32, a, b);
}

PLM_INLINE lanes lanes_multiply(lanes a, lanes b)
{
    return NEON_TWO(vmulq_f32, a, b);
}

PLM_INLINE lanes lanes_divide(lanes a, lanes b)
{
    return NEON_TWO(vdivq_f32, a, b);
}

PLM_INLINE lanes lanes_sqrt(lanes x)
{
    return NEON_ONE(vsqrtq_f32, x);
}

PLM_INLINE lanes lanes_fused(lanes a, lanes b, lanes c)
{
    return NEON_THREE(vfmaq_f32, c, a, b);
}

PLM_INLINE lanes lanes_fused_minus(lanes a, lanes b, lanes c)
{
    return NEON_THREE(vfmsq_f32, c, a, b);
}

/* Returns the larger of a and b by a comparison and a choice: b if one of them is NaN. vmaxq and
 * vminq would give NaN if either operand is NaN. */
PLM_INLINE float32x4_t quarter_max(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}

PLM_INLINE float32x4_t quarter_min(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}

PLM_INLINE lanes lanes_max(lanes a, lanes b)
{
    return NEON_TWO(quarter_max, a, b);
}

PLM_INLINE lanes lanes_min(lanes a, lanes b)
{
    return NEON_TWO(quarter_min, a, b);
}

PLM_INLINE lanes lanes_absolute(lanes x)
{
    return NEON_ONE(vabsq_f32, x);
}

PLM_INLINE float32x4_t quarter_flushed(float32x4_t x)
{
    const uint32x4_t tiny = vcaltq_f32(x, vdupq_n_f32(PLM_TINY));
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(x), tiny));
}

PLM_INLINE lanes lanes_flushed(lanes x)
{
    return NEON_ONE(quarter_flushed, x);
}

PLM_INLINE lanes lanes_multiply_flushed(lanes factor, lanes x)
{
    return lanes_multiply(factor, lanes_flushed(x));
}

PLM_INLINE lanes lanes_negate(lanes x)
{
    return NEON_ONE(vnegq_f32, x);
}

PLM_INLINE float32x4_t quarter_with_sign(float32x4_t magnitude, float32x4_t sign)
{
    return vbslq_f32(vdupq_n_u32(0x80000000u), sign, magnitude);
}

PLM_INLINE lanes lanes_with_sign(lanes magnitude, lanes sign)
{
    return NEON_TWO(quarter_with_sign, magnitude, sign);
}

PLM_INLINE choice lanes_less(lanes a, lanes b)
{
    return (choice){{vcltq_f32(a.part[0], b.part[0]), vcltq_f32(a.part[1], b.part[1]),
                     vcltq_f32(a.part[2], b.part[2]), vcltq_f32(a.part[3], b.part[3])}};
}

/* True in the first `count` lanes. */
PLM_INLINE choice lanes_first(size_t count)
{
    static const uint32_t order[PLM_LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint32x4_t limit = vdupq_n_u32((uint32_t)count);
    return (choice){{vcltq_u32(vld1q_u32(order), limit), vcltq_u32(vld1q_u32(order + 4), limit),
                     vcltq_u32(vld1q_u32(order + 8), limit),
                     vcltq_u32(vld1q_u32(order + 12), limit)}};
}

PLM_INLINE lanes lanes_pick(choice c, lanes yes, lanes no)
{
    return NEON_THREE(vbslq_f32, c, yes, no);
}

/* Returns 2^n. i holds n + 127 in its low bits; the shift drops the bits above them. */
PLM_INLINE float32x4_t quarter_power_of_two(uint32x4_t i)
{
    return vreinterpretq_f32_u32(vshlq_n_u32(i, 23));
}

PLM_INLINE float32x4_t quarter_power(float32x4_t t)
{
    return quarter_power_of_two(vreinterpretq_u32_f32(t));
}

PLM_INLINE lanes lanes_power_of_two(lanes t)
{
    return NEON_ONE(quarter_power, t);
}

PLM_INLINE lanes lanes_scale(lanes x, lanes n, lanes t)
{
    (void)n;
    return lanes_multiply(x, lanes_power_of_two(t));
}

/* Returns x * 2^n, as the product with two powers of two; see lanes_scale_far in lanes_plain.h. */
PLM_INLINE float32x4_t quarter_scale_far(float32x4_t x, float32x4_t t)
{
    const uint32x4_t whole = vreinterpretq_u32_f32(t), half = vshrq_n_u32(whole, 1);
    return vmulq_f32(vmulq_f32(x, quarter_power_of_two(half)),
                     quarter_power_of_two(vsubq_u32(whole, half)));
}

PLM_INLINE lanes lanes_scale_far(lanes x, lanes n, lanes t)
{
    (void)n;
    return NEON_TWO(quarter_scale_far, x, t);
}

/* As lanes_split. */
PLM_INLINE float32x4_t quarter_split(float32x4_t x, float32x4_t *e)
{
    const int32x4_t root = vdupq_n_s32(0x3F3504F3);
    const int32x4_t offset = vsubq_s32(vreinterpretq_s32_f32(x), root);
    *e = vcvtq_f32_s32(vshrq_n_s32(offset, 23));
    return vreinterpretq_f32_s32(vaddq_s32(vandq_s32(offset, vdupq_n_s32(0x7FFFFF)), root));
}

PLM_INLINE lanes lanes_split(lanes x, lanes *e)
{
    lanes m;
    m.part[0] = quarter_split(x.part[0], &e->part[0]);
    m.part[1] = quarter_split(x.part[1], &e->part[1]);
    m.part[2] = quarter_split(x.part[2], &e->part[2]);
    m.part[3] = quarter_split(x.part[3], &e->part[3]);
    return m;
}

PLM_INLINE float lanes_fold_sum(lanes x)
{
    const float32x4_t four =
        vaddq_f32(vaddq_f32(x.part[0], x.part[2]), vaddq_f32(x.part[1], x.part[3]));
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

/* Returns the maximum of the lanes in the order of lanes_fold_sum; each comparison is that of
 * quarter_max. */
PLM_INLINE float lanes_fold_max(lanes x)
{
    const float32x4_t even = quarter_max(x.part[0], x.part[2]),
                      odd = quarter_max(x.part[1], x.part[3]);
    const float32x4_t four = quarter_max(even, odd);
    const float a = vgetq_lane_f32(four, 0), b = vgetq_lane_f32(four, 1);
    const float c = vgetq_lane_f32(four, 2), d = vgetq_lane_f32(four, 3);
    const float left = a > c ? a : c, right = b > d ? b : d;
    return left > right ? left : right;
}

PLM_INLINE wide wide_zero(void)
{
    const float64x2_t zero = vdupq_n_f64(0);
    return (wide){{zero, zero, zero, zero, zero, zero, zero, zero}};
}

/* Converts the 16 lanes to double. */
PLM_INLINE wide wide_from(lanes x)
{
    return (wide){{vcvt_f64_f32(vget_low_f32(x.part[0])), vcvt_high_f64_f32(x.part[0]),
                   vcvt_f64_f32(vget_low_f32(x.part[1])), vcvt_high_f64_f32(x.part[1]),
                   vcvt_f64_f32(vget_low_f32(x.part[2])), vcvt_high_f64_f32(x.part[2]),
                   vcvt_f64_f32(vget_low_f32(x.part[3])), vcvt_high_f64_f32(x.part[3])}};
}

PLM_INLINE wide wide_add(wide w, lanes x)
{
    const wide d = wide_from(x);
    for (int i = 0; i < 8; i++)
        w.part[i] = vaddq_f64(w.part[i], d.part[i]);
    return w;
}

PLM_INLINE wide wide_add_square(wide w, lanes x)
{
    const wide d = wide_from(x);
    for (int i = 0; i < 8; i++)
        w.part[i] = vfmaq_f64(w.part[i], d.part[i], d.part[i]);
    return w;
}

PLM_INLINE double wide_fold(wide w)
{
    for (int half = 4; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            w.part[i] = vaddq_f64(w.part[i], w.part[i + half]);
    return vgetq_lane_f64(w.part[0], 0) + vgetq_lane_f64(w.part[0], 1);
}

/* Computes to[j][i] = from[i][j] for 4 x 4 numbers. */
PLM_INLINE void transpose_four(float *to, size_t to_stride, const float *from, size_t from_stride)
{
    const float32x4_t r0 = vld1q_f32(from), r1 = vld1q_f32(from + from_stride);
    const float32x4_t r2 = vld1q_f32(from + 2 * from_stride),
                      r3 = vld1q_f32(from + 3 * from_stride);
    const float64x2_t even01 = vreinterpretq_f64_f32(vtrn1q_f32(r0, r1));
    const float64x2_t even23 = vreinterpretq_f64_f32(vtrn1q_f32(r2, r3));
    const float64x2_t odd01 = vreinterpretq_f64_f32(vtrn2q_f32(r0, r1));
    const float64x2_t odd23 = vreinterpretq_f64_f32(vtrn2q_f32(r2, r3));
    vst1q_f32(to, vreinterpretq_f32_f64(vtrn1q_f64(even01, even23)));
    vst1q_f32(to + to_stride, vreinterpretq_f32_f64(vtrn1q_f64(odd01, odd23)));
    vst1q_f32(to + 2 * to_stride, vreinterpretq_f32_f64(vtrn2q_f64(even01, even23)));
    vst1q_f32(to + 3 * to_stride, vreinterpretq_f32_f64(vtrn2q_f64(odd01, odd23)));
}

/* Transposes 16 x 16 numbers as 16 blocks of 4 x 4. */
PLM_INLINE void lanes_transpose(float *to, size_t to_stride, const float *from, size_t from_stride)
{
    for (size_t j = 0; j < PLM_LANES; j += 4)
        for (size_t i = 0; i < PLM_LANES; i += 4)
            transpose_four(to + j * to_stride + i, to_stride, from + i * from_stride + j,
                           from_stride);
}

/* ---- counters of Philox ---- */

typedef struct {
    uint64x2_t part[4]; /* blocks 0 and 1, 2 and 3, ... */
} blocks;

PLM_INLINE blocks blocks_fill(uint32_t x)
{
    const uint64x2_t y = vdupq_n_u64(x);
    return (blocks){{y, y, y, y}};
}

PLM_INLINE blocks blocks_count(uint32_t first)
{
    blocks y;
    for (uint64_t i = 0; i < 4; i++)
        y.part[i] = vcombine_u64(vcreate_u64(first + 2 * i), vcreate_u64(first + 2 * i + 1));
    return y;
}

PLM_INLINE blocks blocks_multiply(blocks a, uint32_t factor)
{
    for (int i = 0; i < 4; i++)
        a.part[i] = vmull_u32(vmovn_u64(a.part[i]), vdup_n_u32(factor));
    return a;
}

PLM_INLINE blocks blocks_mix(blocks product, blocks c, uint32_t key)
{
    for (int i = 0; i < 4; i++) {
        const uint64x2_t mixed = veorq_u64(vshrq_n_u64(product.part[i], 32), c.part[i]);
        c.part[i] = veorq_u64(mixed, vdupq_n_u64(key));
    }
    return c;
}

PLM_INLINE void blocks_store(uint32_t *y, blocks x)
{
    vst1q_u32(y, vcombine_u32(vmovn_u64(x.part[0]), vmovn_u64(x.part[1])));
    vst1q_u32(y + 4, vcombine_u32(vmovn_u64(x.part[2]), vmovn_u64(x.part[3])));
}

PLM_INLINE void lanes_leave(void) {}
