/* Draws the random numbers of rows. The kernel table draws 32-bit numbers. Plain loops, which the
 * compiler vectorizes, compute normal deviates from these.
 *
 * A number is a function of the seed, the op, the step, the row within the epoch and the place
 * within the row. So backward can draw the numbers of forward again, and neither threads nor the
 * size of batches in memory change them. */
#include "op/random_numbers.h"

#include <tgmath.h>

#include "kernel/per_isa.h"

enum { HALF = PLM_DRAW / 2 };

/* Returns the key and the stream of all random numbers of a step in this update. An op with its own
 * seed uses stream 0, not the number of its node, so its numbers do not depend on its position in
 * the net. */
plm_random plm_step_random(const plm_step *s, int64_t seed)
{
    const bool own = seed >= 0;
    return plm_random_open(own ? (uint64_t)seed : s->run->seed, PLM_RANDOM_NOISE,
                           own ? 0 : s->stream, (uint32_t)s->run->step);
}

/* Draws random numbers for some elements of a row. A draw gives 64 numbers, which are 16 blocks of
 * the generator Philox. All draws of an epoch are numbered, row after row; d.first is the first
 * block of the first draw. */
void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      uint32_t *out)
{
    const size_t numbers = (size_t)(s->out.shape.lines * s->out.shape.stride);
    const uint64_t of_row = (numbers + PLM_DRAW - 1) / PLM_DRAW;
    const plm_draw d = {.key = {r->key[0], r->key[1]},
                        .stream = {r->high[0], r->high[1]},
                        .first = ((uint64_t)(s->run->first_row + row) * of_row + at / PLM_DRAW) *
                                 PLM_LANES,
                        .draws = (count + PLM_DRAW - 1) / PLM_DRAW};
    s->run->kernel->draw(out, &d);
}

/* Returns cos(2 pi u) for u in [0, 1], with an error below 1e-7. It maps u to a quarter of the
 * circle, where a Taylor polynomial is exact enough. The polynomial has the terms up to x^12; at a
 * quarter turn the first one left out, x^14 / 14!, is about 6e-9. It is written by Horner's rule
 * with + - * alone, so every instruction set gives the same bits. */
static PLM_BODY plm_real cosine_of_turn(plm_real u)
{
    /* cos(2 pi u) = cos(2 pi (1 - u)) */
    const plm_real v = u > (plm_real)0.5 ? 1 - u : u;
    const bool mirrored = v > (plm_real)0.25;
    const plm_real t = (mirrored ? (plm_real)0.5 - v : v) * (plm_real)6.283185307179586, q = t * t;
    const plm_real c =
        1 - q * ((plm_real)0.5 -
                 q * ((plm_real)(1.0 / 24) -
                      q * ((plm_real)(1.0 / 720) -
                           q * ((plm_real)(1.0 / 40320) - q * ((plm_real)(1.0 / 3628800) -
                                                               q * (plm_real)(1.0 / 479001600))))));
    return mirrored ? -c : c;
}

/* Computes the first half of Box and Muller's method: makes a number in (0, 1] from each of the
 * first 32 numbers of a draw. The caller takes logarithms of these. size: [draws][32], number:
 * [draws][64]. Adding 1 before the division excludes 0, whose logarithm is infinite. */
static PLM_BODY void sizes_body(plm_real *restrict size, const uint32_t *restrict number,
                                size_t draws)
{
    for (size_t d = 0; d < draws; d++)
        for (size_t i = 0; i < HALF; i++) /* int32_t is converted by one instruction */
            size[d * HALF + i] =
                ((plm_real)(int32_t)(number[d * PLM_DRAW + i] >> 8) + 1) / 16777216;
}
PLM_PER_ISA(sizes,
            (const char *isa, plm_real *restrict size, const uint32_t *restrict number,
             size_t draws),
            (size, number, draws))

/* Makes two deviates from a length and an angle a: length cos(a) and length sin(a), where sin(a) =
 * cos(a - a quarter turn). size: [draws][32] logarithms of the numbers of sizes_body; the length is
 * sqrt(-2 size). The angle comes from the second half of the draw, as a part of a turn. out:
 * [draws][64], for each draw 32 deviates by the cosine, then 32 by the sine. 24 bits of a random
 * number are used, which float32 holds exactly. The layout of 32 by cosine and 32 by sine keeps
 * every loop over neighbouring numbers. */
static PLM_BODY void turn_body(plm_real *restrict out, const plm_real *restrict size,
                               const uint32_t *restrict number, size_t draws)
{
    for (size_t d = 0; d < draws; d++)
        for (size_t i = 0; i < HALF; i++) {
            const size_t at = d * PLM_DRAW + i;
            const plm_real length = sqrt(-2 * size[d * HALF + i]);
            const plm_real turn = (plm_real)(int32_t)(number[at + HALF] >> 8) / 16777216;
            const plm_real quarter_less = turn - (plm_real)0.25;
            out[at] = length * cosine_of_turn(turn);
            out[at + HALF] =
                length * cosine_of_turn(quarter_less < 0 ? -quarter_less : quarter_less);
        }
}
PLM_PER_ISA(turn,
            (const char *isa, plm_real *restrict out, const plm_real *restrict size,
             const uint32_t *restrict number, size_t draws),
            (out, size, number, draws))

/* Draws uniform random numbers for all elements, then turns the numbers of each draw into normal
 * deviates (Box and Muller). */
void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      plm_real out[PLM_NUMBERS])
{
    const size_t draws = (count + PLM_DRAW - 1) / PLM_DRAW;
    uint32_t number[PLM_NUMBERS];
    plm_real size[PLM_NUMBERS / 2];
    plm_step_numbers(s, r, row, at, count, number);
    sizes(s->run->kernel->isa, size, number, draws);
    (s->run->kernel->log)(size, size, draws * HALF);
    turn(s->run->kernel->isa, out, size, number, draws);
}
