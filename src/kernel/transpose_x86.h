/* Transposes 16 x 16 numbers, for AVX2 and AVX-512. It uses registers of 256 bits in both, since on
 * a Zen 4 they transpose faster than registers of 512 bits (20 against 13 numbers/ns). */

/* Loads four numbers of row r into the low half of the register, and four of row r + 4 into the
 * high half. */
PLM_INLINE __m256 transpose_gather(const float *from, size_t stride)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from)),
                                _mm_loadu_ps(from + 4 * stride), 1);
}

/* Transposes 8 rows of 4 numbers into 4 rows of 8. Each half of the registers holds a block of 4 x
 * 4 numbers. */
PLM_INLINE void transpose_strip(float *to, size_t to_stride, const float *from, size_t from_stride)
{
    const __m256 r0 = transpose_gather(from, from_stride);
    const __m256 r1 = transpose_gather(from + from_stride, from_stride);
    const __m256 r2 = transpose_gather(from + 2 * from_stride, from_stride);
    const __m256 r3 = transpose_gather(from + 3 * from_stride, from_stride);
    const __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(r0, r1));
    const __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(r2, r3));
    const __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(r0, r1));
    const __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(r2, r3));
    _mm256_storeu_ps(to, _mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23)));
    _mm256_storeu_ps(to + to_stride, _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23)));
    _mm256_storeu_ps(to + 2 * to_stride, _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23)));
    _mm256_storeu_ps(to + 3 * to_stride, _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23)));
}

/* Computes to[j][i] = from[i][j] for 16 x 16 numbers, in 8 strips of 8 rows and 4 columns. */
PLM_INLINE void lanes_transpose(float *to, size_t to_stride, const float *from, size_t from_stride)
{
    for (size_t q = 0; q < PLM_LANES; q += 4) {
        transpose_strip(to + q * to_stride, to_stride, from + q, from_stride);
        transpose_strip(to + q * to_stride + 8, to_stride, from + q + 8 * from_stride, from_stride);
    }
}
