/* The random number generator Philox4x32 (Salmon, Moraes, Dror and Shaw, Parallel random numbers:
 * as easy as 1, 2, 3, SC 2011). It has 7 rounds, the smallest number that passes all of BigCrush in
 * that paper (table 2). It gives the noise of a training. The unit test `noise` checks its
 * statistics. Needs the vector functions of an instruction set (lanes_*.h). */

enum { PHILOX_ROUNDS = 7 };

/* Draws half a draw: 8 blocks of 4 words, from block number `first` on. Word k of the blocks goes
 * to out[16 k] to out[16 k + 7]. A round multiplies two words of the counter by constants. It then
 * combines the upper halves of the products with the other two words and the key. After each round,
 * a constant is added to each word of the key. */
PLM_INLINE void draw_half(uint32_t *out, const plm_draw *d, uint64_t first)
{
    blocks c0 = blocks_count((uint32_t)first), c1 = blocks_fill((uint32_t)(first >> 32));
    blocks c2 = blocks_fill(d->stream[0]), c3 = blocks_fill(d->stream[1]);
    uint32_t key0 = d->key[0], key1 = d->key[1];
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        const blocks product0 = blocks_multiply(c0, 0xD2511F53u);
        const blocks product1 = blocks_multiply(c2, 0xCD9E8D57u);
        c0 = blocks_mix(product1, c1, key0);
        c1 = product1;
        c2 = blocks_mix(product0, c3, key1);
        c3 = product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    blocks_store(out, c0);
    blocks_store(out + 16, c1);
    blocks_store(out + 32, c2);
    blocks_store(out + 48, c3);
}

/* For plm_kernels.draw. */
static void draw(uint32_t *out, const plm_draw *d)
{
    for (size_t i = 0; i < d->draws; i++) {
        draw_half(out + i * PLM_DRAW, d, d->first + 16 * i);
        draw_half(out + i * PLM_DRAW + 8, d, d->first + 16 * i + 8);
    }
    lanes_leave();
}
