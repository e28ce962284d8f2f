/* What the tests of the kernels share: numbers of all kinds, exact-sized buffers, equality of
 * bits. */
#ifndef PLM_TESTS_KERNEL_SUPPORT_H
#define PLM_TESTS_KERNEL_SUPPORT_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* posix_memalign */
#endif

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/kernel.h"

/* A small generator of its own (xorshift64*), so that the tests need nothing but the kernels. */
typedef struct {
    uint64_t state;
} dice;

static inline uint32_t dice_next(dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return (uint32_t)((d->state * 0x2545F4914F6CDD1Du) >> 32);
}

/* Whole, from 0 to limit - 1. */
static inline size_t dice_below(dice *d, size_t limit)
{
    return (size_t)dice_next(d) % limit;
}

/* From -1 to 1. */
static inline plm_real dice_unit(dice *d)
{
    return (plm_real)((double)dice_next(d) / 2147483648.0 - 1.0);
}

static inline float float_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Mostly ordinary numbers of several sizes, sometimes a border case, sometimes any bits at all. */
static inline plm_real dice_any(dice *d)
{
    static const float border[] = {0.0f,       -0.0f,     INFINITY, -INFINITY, NAN,       0x1p-149f,
                                   -0x1p-149f, 0x1p-126f, 1.0f,     -1.0f,     88.72283f, 88.8f,
                                   -87.33f,    -103.9f,   -104.5f,  3.0f,      -3.0f,     6.0f,
                                   3.4e38f,    -3.4e38f,  0.5f,     -0.5f,     20.0f,     -25.0f,
                                   9.0f,       4.1f,      1e-20f,   0x1p-100f, 0x1p-101f};
    switch (dice_below(d, 8)) {
    case 0:
        return (plm_real)border[dice_below(d, sizeof border / sizeof border[0])];
    case 1:
        return (plm_real)float_from_bits(dice_next(d));
    case 2:
        return 100 * dice_unit(d);
    case 3:
        return (plm_real)1e-3 * dice_unit(d);
    default:
        return 6 * dice_unit(d);
    }
}

/* A block of exactly `count` numbers aligned to 64 bytes; the end is exact, so that a sanitizer
 * sees every overrun. */
static inline plm_real *numbers(size_t count)
{
    void *block = NULL;
    assert_int_equal(posix_memalign(&block, 64, count ? count * sizeof(plm_real) : 64), 0);
    return block;
}

static inline plm_real *numbers_any(dice *d, size_t count)
{
    plm_real *x = numbers(count);
    for (size_t i = 0; i < count; i++)
        x[i] = dice_any(d);
    return x;
}

static inline plm_real *numbers_unit(dice *d, size_t count)
{
    plm_real *x = numbers(count);
    for (size_t i = 0; i < count; i++)
        x[i] = dice_unit(d);
    return x;
}

/* A copy, exact in size. */
static inline plm_real *numbers_copy(const plm_real *x, size_t count)
{
    plm_real *y = numbers(count);
    memcpy(y, x, count * sizeof *y);
    return y;
}

/* Equal bits, or both NaN: which NaN it is belongs to the machine. */
static inline bool same_number(plm_real a, plm_real b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static inline void assert_same(const plm_real *a, const plm_real *b, size_t count, const char *isa,
                               const char *what)
{
    for (size_t i = 0; i < count; i++)
        if (!same_number(a[i], b[i]))
            fail_msg("%s %s: number %zu of %zu is %a, in plain C %a", isa, what, i, count,
                     (double)a[i], (double)b[i]);
}

#endif
