/* Defines the number types of files and arrays, and converts them to float32, rounding to nearest
 * even.
 *
 * Data keeps its own type in memory: bytes of an image stay bytes, which take a quarter of the
 * memory of float32. The numbers are converted when a batch is put together, a few rows at a time,
 * so the conversion reads from memory and writes into the cache. */
#include <math.h>
#include <string.h>

#include "kernel/element.h"
#include "kernel/per_isa.h"
#include "kernel/prefetch.h"

enum { CHECKED = 4096 /* numbers that plm_element_first_bad_by checks at once */ };

/* Facts about each number type: its name, its size in bytes, and whether it is a floating-point
 * type. */
static const struct {
    const char *name;
    size_t size;
    bool is_float;
} about[PLM_DTYPES] = {
    [PLM_F32] = {"float32", 4, true}, [PLM_F64] = {"float64", 8, true},
    [PLM_F16] = {"float16", 2, true}, [PLM_BF16] = {"bfloat16", 2, true},
    [PLM_I8] = {"int8", 1, false},    [PLM_I16] = {"int16", 2, false},
    [PLM_I32] = {"int32", 4, false},  [PLM_I64] = {"int64", 8, false},
    [PLM_U8] = {"uint8", 1, false},   [PLM_U16] = {"uint16", 2, false},
    [PLM_U32] = {"uint32", 4, false}, [PLM_U64] = {"uint64", 8, false},
    [PLM_BOOL8] = {"bool", 1, false},
};

/* True if the number stands for a type. Callers may pass any number. */
bool plm_element_is(plm_dtype e)
{
    return (int)e >= 0 && (int)e < PLM_DTYPES;
}

/* Returns the size of a number of this type, in bytes. */
size_t plm_element_size(plm_dtype e)
{
    return about[e].size;
}

/* Returns the name of the type, such as float32. */
const char *plm_element_name(plm_dtype e)
{
    return about[e].name;
}

/* True for types with fractions. */
bool plm_element_is_float(plm_dtype e)
{
    return about[e].is_float;
}

/* Returns the float32 with these bits. */
static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Converts an IEEE 754 binary16 to float32. It has 1 bit of sign, 5 of exponent (bias 15) and 10 of
 * fraction; float32 has the bias 127, hence + 112 below. */
static float from_half(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    const uint32_t exponent = (half >> 10) & 31u;
    const uint32_t fraction = half & 1023u;
    if (exponent == 31)
        return from_bits(sign | 0x7F800000u | fraction << 13);
    if (exponent == 0) { /* subnormal: fraction * 2^-24 */
        const float value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

/* Converts bytes or doubles by vector instructions. Each number is converted by itself, so the bits
 * do not depend on the instruction set. */
static PLM_BODY void decode_bytes_body(float *restrict out, const uint8_t *restrict in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)in[i];
}
PLM_PER_ISA(decode_bytes,
            (const char *isa, float *restrict out, const uint8_t *restrict in, size_t n),
            (out, in, n))

/* Converts numbers to float32. Uses memcpy, since the caller's arrays need not be aligned;
 * compilers turn it into plain loads. */
static PLM_BODY void decode_doubles_body(float *restrict out, const char *restrict in, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v;
        memcpy(&v, in + i * sizeof v, sizeof v);
        out[i] = (float)v;
    }
}
PLM_PER_ISA(decode_doubles,
            (const char *isa, float *restrict out, const char *restrict in, size_t n), (out, in, n))

/* A case of the switch over number types below: converts n numbers of a type. `expression` converts
 * one number v. */
#define DECODE(type, expression)                                                                   \
    for (size_t i = 0; i < n; i++) {                                                               \
        type v;                                                                                    \
        memcpy(&v, (const char *)in + i * sizeof v, sizeof v);                                     \
        out[i] = (expression);                                                                     \
    }                                                                                              \
    break

/* The loop over bytes and the loop over doubles are compiled for each instruction set, since data
 * sets mostly consist of these types. The other types have one loop for all machines. Every
 * conversion rounds to nearest, so the result does not depend on the instruction set. */
void plm_element_decode_by(const char *isa, plm_dtype e, float *out, const void *in, size_t n)
{
    switch (e) {
    case PLM_F32:
        memcpy(out, in, n * sizeof *out);
        break;
    case PLM_U8:
        decode_bytes(isa, out, in, n);
        break;
    case PLM_F64:
        decode_doubles(isa, out, in, n);
        break;
    case PLM_F16:
        DECODE(uint16_t, from_half(v));
    case PLM_BF16:
        DECODE(uint16_t, from_bits((uint32_t)v << 16));
    case PLM_I8:
        DECODE(int8_t, (float)v);
    case PLM_I16:
        DECODE(int16_t, (float)v);
    case PLM_I32:
        DECODE(int32_t, (float)v);
    case PLM_I64:
        DECODE(int64_t, (float)v);
    case PLM_U16:
        DECODE(uint16_t, (float)v);
    case PLM_U32:
        DECODE(uint32_t, (float)v);
    case PLM_U64:
        DECODE(uint64_t, (float)v);
    case PLM_BOOL8:
        DECODE(uint8_t, v ? 1.0f : 0.0f);
    }
}

/* Converts n numbers to float32 with the instructions that every machine has. */
void plm_element_decode(plm_dtype e, float *out, const void *in, size_t n)
{
    plm_element_decode_by(NULL, e, out, in, n);
}

/* How far ahead rows in random order are prefetched: about 1 KiB. Of a long row only the beginning
 * is prefetched: the hardware then continues by itself, and more would only evict earlier
 * prefetches. */
enum { AHEAD_BYTES = 1024, AHEAD_ROWS = 16, AHEAD_OF_ROW = 512 };

/* Converts the n rows with the numbers row [n] to float32, out [n][width]. Rows in random order
 * come from memory, and the processor cannot predict them. So each row is prefetched AHEAD_ROWS
 * rows before it is read. Long rows are prefetched fewer rows ahead, since the first cache cannot
 * hold many of them. */
void plm_element_gather(const char *isa, plm_dtype e, float *out, const void *rows, size_t width,
                        const int64_t *row, size_t n)
{
    const char *from = rows;
    const size_t bytes = width * about[e].size, most = bytes < AHEAD_OF_ROW ? bytes : AHEAD_OF_ROW;
    const size_t ahead =
        bytes * AHEAD_ROWS <= AHEAD_BYTES ? AHEAD_ROWS : 1 + AHEAD_BYTES / (bytes + 1);
    size_t i = 0;
    for (size_t k = 0; k < ahead && k < n; k++)
        plm_prefetch(from + (size_t)row[k] * bytes, most);
    while (i < n) {
        size_t run = 1; /* consecutive rows are converted in one piece */
        while (i + run < n && row[i + run] == row[i] + (int64_t)run)
            run++;
        if (run == 1 && i + ahead < n)
            plm_prefetch(from + (size_t)row[i + ahead] * bytes, most);
        plm_element_decode_by(isa, e, out + i * width, from + (size_t)row[i] * bytes, run * width);
        i += run;
    }
}

/* Returns x with its four bytes in reverse order. */
static uint32_t swapped(uint32_t x)
{
    return x >> 24 | (x >> 8 & 0xFF00u) | (x << 8 & 0xFF0000u) | x << 24;
}

/* swap_2, swap_4 and swap_8 reverse the bytes of each of n numbers of 2, 4 or 8 bytes. Compilers
 * make vector instructions from these loops. */
static void swap_2(char *restrict p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t x;
        memcpy(&x, p + 2 * i, sizeof x);
        x = (uint16_t)(x >> 8 | x << 8);
        memcpy(p + 2 * i, &x, sizeof x);
    }
}

/* Swaps the byte order of n numbers of 4 bytes each. memcpy allows any alignment. */
static void swap_4(char *restrict p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t x;
        memcpy(&x, p + 4 * i, sizeof x);
        x = swapped(x);
        memcpy(p + 4 * i, &x, sizeof x);
    }
}

/* Swaps the byte order of n numbers of 8 bytes each: swaps the bytes of each half, then the
 * halves. */
static void swap_8(char *restrict p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t x;
        memcpy(&x, p + 8 * i, sizeof x);
        x = (uint64_t)swapped((uint32_t)x) << 32 | swapped((uint32_t)(x >> 32));
        memcpy(p + 8 * i, &x, sizeof x);
    }
}

/* Reverses the byte order of n numbers. Files with the other byte order (IDX is big-endian) are
 * swapped in memory after they are read. Types of one byte have no order. */
void plm_element_swap(plm_dtype e, void *data, size_t n)
{
    if (about[e].size == 2)
        swap_2(data, n);
    else if (about[e].size == 4)
        swap_4(data, n);
    else if (about[e].size == 8)
        swap_8(data, n);
}

/* Checks 256 numbers at a time. Only a piece that has a bad number is searched number by number. */
size_t plm_element_first_bad(plm_dtype e, const void *data, size_t n)
{
    if (!about[e].is_float)
        return n;
    float piece[256];
    for (size_t at = 0; at < n; at += 256) {
        const size_t count = n - at < 256 ? n - at : 256;
        plm_element_decode(e, piece, (const char *)data + at * about[e].size, count);
        bool good = true;
        for (size_t i = 0; i < count; i++)
            good &= fabsf(piece[i]) <= 3.40282347e+38f; /* false for NaN */
        for (size_t i = 0; !good && i < count; i++)
            if (!isfinite(piece[i]))
                return at + i;
    }
    return n;
}

/* Sets *bad to true if one of n float32 numbers is NaN or infinite, that is, if all bits of its
 * exponent are set. */
static PLM_BODY void find_bad_body(bool *restrict bad, const char *restrict in, size_t n)
{
    uint32_t found = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, in + i * sizeof bits, sizeof bits);
        /* if all bits of the exponent are set, the addition carries into the highest bit */
        found |= (bits & 0x7F800000u) + 0x00800000u;
    }
    *bad = found >> 31 != 0;
}
PLM_PER_ISA(find_bad, (const char *isa, bool *restrict bad, const char *restrict in, size_t n),
            (bad, in, n))

size_t plm_element_first_bad_by(const char *isa, plm_dtype e, const void *data, size_t n)
{
    const char *in = data;
    if (e != PLM_F32)
        return plm_element_first_bad(e, data, n);
    for (size_t at = 0; at < n; at += CHECKED) {
        const size_t count = n - at < CHECKED ? n - at : CHECKED;
        bool bad = false;
        find_bad(isa, &bad, in + at * sizeof(float), count);
        if (bad)
            return at + plm_element_first_bad(e, in + at * sizeof(float), count);
    }
    return n;
}
