/* Philox4x32-10 (base/random.h) in 16 lanes. The loops are plain C that the compiler vectorizes. */
#include "op/random_numbers.h"

#include <tgmath.h>

#include "kernel/per_isa.h"

enum { LANES = 16, ROUNDS = 10 };
static const uint32_t FACTOR_0 = 0xD2511F53u, FACTOR_1 = 0xCD9E8D57u, WEYL_0 = 0x9E3779B9u,
                      WEYL_1 = 0xBB67AE85u;

/* The input of 16 neighbouring blocks of Philox. Words 2 and 3 of the counter are the stream
 * (`high`); words 0 and 1 count blocks, from `base`. */
typedef struct {
    uint32_t key[2], high[2];
    uint64_t base;
} draw;

/* Computes 16 blocks side by side: out[4 * 16]. The high and the low half of each product are
 * computed separately, since vector instructions give them that way. */
static PLM_BODY void philox_body(uint32_t *restrict out, draw d)
{
    uint32_t key[2 * ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        key[2 * round] = d.key[0] + (uint32_t)round * WEYL_0;
        key[2 * round + 1] = d.key[1] + (uint32_t)round * WEYL_1;
    }
    const uint32_t low = (uint32_t)d.base,
                   high = (uint32_t)(d.base >> 32); /* LANES divides base: no carry within */
    for (uint32_t i = 0; i < LANES; i++) {
        uint32_t c0 = low + i, c1 = high, c2 = d.high[0], c3 = d.high[1];
#define ROUND(r)                                                                                   \
    {                                                                                              \
        const uint32_t h0 = (uint32_t)(((uint64_t)c0 * FACTOR_0) >> 32), l0 = c0 * FACTOR_0;       \
        const uint32_t h1 = (uint32_t)(((uint64_t)c2 * FACTOR_1) >> 32), l1 = c2 * FACTOR_1;       \
        c0 = h1 ^ c1 ^ key[2 * (r)];                                                               \
        c1 = l1;                                                                                   \
        c2 = h0 ^ c3 ^ key[2 * (r) + 1];                                                           \
        c3 = l0;                                                                                   \
    }
        ROUND(0)
        ROUND(1)
        ROUND(2) ROUND(3) ROUND(4) ROUND(5) ROUND(6) ROUND(7) ROUND(8) ROUND(9) out[i] = c0;
        out[LANES + i] = c1;
        out[2 * LANES + i] = c2;
        out[3 * LANES + i] = c3;
    }
}
PLM_PER_ISA(philox, (const char *isa, uint32_t *restrict out, draw d), (out, d))

plm_random plm_step_random(const plm_step *s, int64_t seed)
{
    const bool own = seed >= 0;
    return plm_random_open(own ? (uint64_t)seed : s->run->seed, PLM_RANDOM_NOISE,
                           own ? 0 : s->stream, (uint32_t)s->run->step);
}

/* Draw number `index` of this step: 64 random numbers, out[64]. */
static void draw_at(const plm_step *s, const plm_random *r, uint64_t index, uint32_t *out)
{
    const draw d = {
        .key = {r->key[0], r->key[1]}, .high = {r->high[0], r->high[1]}, .base = index * LANES};
    philox(s->run->kernel->isa, out, d);
}

/* The number of the draw for elements [64 chunk, 64 chunk + 64) of a row. Each chunk of each row of
 * an epoch has a draw of its own. */
static uint64_t draw_of(const plm_step *s, int64_t row, size_t chunk)
{
    const size_t numbers = (size_t)(s->out.shape.lines * s->out.shape.stride);
    return (uint64_t)(s->run->first_row + row) * ((numbers + PLM_NUMBERS - 1) / PLM_NUMBERS) +
           chunk;
}

void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      uint32_t out[PLM_NUMBERS])
{
    draw_at(s, r, draw_of(s, row, chunk), out);
}

/* cos(2 pi u) for u in [0, 1), with an error below 1e-7: u is folded to a quarter of the circle,
 * then a Taylor polynomial is used. */
static plm_real cosine_of_turn(plm_real u)
{
    const plm_real v = u > (plm_real)0.5 ? 1 - u : u; /* cos is even around half a turn */
    const bool mirrored = v > (plm_real)0.25;
    const plm_real t = (mirrored ? (plm_real)0.5 - v : v) * (plm_real)6.283185307179586, q = t * t;
    const plm_real c =
        1 - q * ((plm_real)0.5 -
                 q * ((plm_real)(1.0 / 24) -
                      q * ((plm_real)(1.0 / 720) -
                           q * ((plm_real)(1.0 / 40320) - q * (plm_real)(1.0 / 3628800)))));
    return mirrored ? -c : c;
}

void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      plm_real out[PLM_NUMBERS])
{
    uint32_t numbers[2 * PLM_NUMBERS];
    plm_real size[PLM_NUMBERS], turn[PLM_NUMBERS];
    draw_at(s, r, 2 * draw_of(s, row, chunk), numbers); /* a deviate takes two random numbers */
    draw_at(s, r, 2 * draw_of(s, row, chunk) + 1, numbers + PLM_NUMBERS);
    for (int i = 0; i < PLM_NUMBERS; i++) {
        size[i] = ((plm_real)(numbers[i] >> 8) + 1) / 16777216; /* (0, 1] */
        turn[i] = (plm_real)(numbers[PLM_NUMBERS + i] >> 8) / 16777216;
    }
    (s->run->kernel->log)(size, size, PLM_NUMBERS);
    for (int i = 0; i < PLM_NUMBERS; i++)
        out[i] = sqrt(-2 * size[i]) * cosine_of_turn(turn[i]);
}
