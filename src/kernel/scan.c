/* Scans text for delimiters and line ends. Vector instructions compare 16 to 64 bytes at once with
 * each of the wanted characters. Plain C compares the eight bytes of a word at once.
 *
 * The result is one bit per byte, so a word of 64 bits tells where the wanted characters among 64
 * bytes are, and a reader can skip all other bytes. */
#include "kernel/scan.h"

#include <stdbool.h>

#include "kernel/per_isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { STEP = 64, WORD = 8, PIECE = 128 };

/* ---- plain C ---- */

/* Returns eight bytes of text as a word; the first byte is the lowest. */
static inline uint64_t word_at(const char *text)
{
    uint64_t word = 0;
    for (int i = 0; i < WORD; i++)
        word |= (uint64_t)(unsigned char)text[i] << 8 * i;
    return word;
}

/* Sets the highest bit of each byte that is 0 in x, and no other bit. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);
    return ~(((x & low) + low) | x | low);
}

/* Returns a word of eight equal bytes. */
static inline uint64_t repeated(char byte)
{
    return UINT64_C(0x0101010101010101) * (unsigned char)byte;
}

/* Gathers the highest bits of the eight bytes into the lowest eight bits. high: a word in which no
 * other bits are set. */
static inline uint64_t gathered(uint64_t high)
{
    return (high >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Finds the bytes that plm_scan_cells looks for, in plain C. A byte of x ^ wanted is 0 where the
 * byte of x is the wanted one. */
static void scan_plain(const char *text, size_t blocks, const char delimiter[2], uint64_t *mask)
{
    const uint64_t first = repeated(delimiter[0]), second = repeated(delimiter[1]);
    const uint64_t feed = repeated('\n'), back = repeated('\r'), quote = repeated('"');
    for (size_t i = 0; i < blocks; i++) {
        mask[i] = 0;
        for (int k = 0; k < STEP; k += WORD, text += WORD) {
            const uint64_t x = word_at(text);
            const uint64_t found = zero_bytes(x ^ first) | zero_bytes(x ^ second) |
                                   zero_bytes(x ^ feed) | zero_bytes(x ^ back) |
                                   zero_bytes(x ^ quote) | zero_bytes(x);
            mask[i] |= gathered(found) << k;
        }
    }
}

/* ---- vectors ---- */

#if defined(__x86_64__)
/* Finds the bytes that plm_scan_cells looks for, in AVX2. Each half of a block, 32 bytes, is
 * compared with each wanted character at once. */
PLM_TARGET_AVX2 static void scan_avx2(const char *text, size_t blocks, const char delimiter[2],
                                      uint64_t *mask)
{
    const __m256i wanted[5] = {_mm256_set1_epi8(delimiter[0]), _mm256_set1_epi8(delimiter[1]),
                               _mm256_set1_epi8('\n'), _mm256_set1_epi8('\r'),
                               _mm256_set1_epi8('"')};
    for (size_t i = 0; i < blocks; i++, text += STEP) {
        mask[i] = 0;
        for (int half = 0; half < 2; half++) {
            const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)text + half);
            __m256i found = _mm256_cmpeq_epi8(x, _mm256_setzero_si256());
            for (int k = 0; k < 5; k++)
                found = _mm256_or_si256(found, _mm256_cmpeq_epi8(x, wanted[k]));
            mask[i] |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << 32 * half;
        }
    }
    PLM_CLEAN_AVX();
}

/* Finds the bytes that plm_scan_cells looks for, in AVX-512. Each comparison gives a mask of 64
 * bits. */
PLM_TARGET_AVX512 static void scan_avx512(const char *text, size_t blocks, const char delimiter[2],
                                          uint64_t *mask)
{
    const __m512i wanted[5] = {_mm512_set1_epi8(delimiter[0]), _mm512_set1_epi8(delimiter[1]),
                               _mm512_set1_epi8('\n'), _mm512_set1_epi8('\r'),
                               _mm512_set1_epi8('"')};
    for (size_t i = 0; i < blocks; i++, text += STEP) {
        const __m512i x = _mm512_loadu_si512(text);
        uint64_t found = _mm512_testn_epi8_mask(x, x);
        for (int k = 0; k < 5; k++)
            found |= _mm512_cmpeq_epi8_mask(x, wanted[k]);
        mask[i] = found;
    }
    PLM_CLEAN_AVX();
}
#elif defined(__aarch64__)
/* Finds the bytes that plm_scan_cells looks for, in NEON, which has no instruction that makes a
 * mask. Each byte that was found becomes the bit of its position among 8 bytes, and additions join
 * these bits. */
static void scan_neon(const char *text, size_t blocks, const char delimiter[2], uint64_t *mask)
{
    static const uint8_t weight[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const char wanted[6] = {delimiter[0], delimiter[1], '\n', '\r', '"', '\0'};
    const uint8x16_t bit = vld1q_u8(weight);
    for (size_t i = 0; i < blocks; i++, text += STEP) {
        uint8x16_t part[4];
        for (int k = 0; k < 4; k++) {
            const uint8x16_t x = vld1q_u8((const uint8_t *)text + 16 * k);
            uint8x16_t found = vdupq_n_u8(0);
            for (int j = 0; j < 6; j++)
                found = vorrq_u8(found, vceqq_u8(x, vdupq_n_u8((uint8_t)wanted[j])));
            part[k] = vandq_u8(found, bit);
        }
        /* neighbouring bytes are added three times, so that 8 bytes become one sum */
        const uint8x16_t sum = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
        mask[i] = vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
    }
}
#endif

/* Finds the bytes that end a cell of separated text or need a closer look; scan.h says which. The
 * first and the fourth letter of isa distinguish the instruction sets, as in per_isa.h. */
void plm_scan_cells(const char *isa, const char *text, size_t blocks, const char delimiter[2],
                    uint64_t *mask)
{
#if defined(__x86_64__)
    if (isa && isa[0] == 'a' && isa[3] == '5')
        scan_avx512(text, blocks, delimiter, mask);
    else if (isa && isa[0] == 'a' && isa[3] == '2')
        scan_avx2(text, blocks, delimiter, mask);
    else
#elif defined(__aarch64__)
    if (isa && isa[0] == 'n')
        scan_neon(text, blocks, delimiter, mask);
    else
#endif
        scan_plain(text, blocks, delimiter, mask);
    (void)isa;
}

/* ---- line ends ---- */

/* Sets *out to the number of line ends in text[0 .. n); text[n] must be readable, too. The line
 * ends are counted in pieces of 128 bytes. */
static PLM_BODY void count_body(const char *restrict text, size_t n, size_t *restrict out)
{
    size_t count = 0;
    while (n > 0) {
        const size_t piece = n < PIECE ? n : PIECE;
        /* number of line ends of a piece; it fits in a byte, so the compiler can use vectors of
         * bytes */
        uint8_t some = 0;
        for (size_t i = 0; i < piece; i++)
            some =
                (uint8_t)(some + ((text[i] == '\n') | ((text[i] == '\r') & (text[i + 1] != '\n'))));
        count += some;
        text += piece;
        n -= piece;
    }
    *out = count;
}
PLM_PER_ISA(count, (const char *isa, const char *restrict text, size_t n, size_t *restrict out),
            (text, n, out))

size_t plm_scan_line_ends(const char *isa, const char *text, size_t n)
{
    size_t lines = 0;
    count(isa, text, n, &lines);
    return lines;
}
