/* Packs blocks of an A that is read by columns, and multiplies them. A part of gemm_body.h, which
 * includes this file and defines the sizes of blocks. */

#if PLM_TILE_NARROW
/* Packs a block of A, which is read by columns, into rows: to[rows][PACK_STRIDE]. 16 x 16 numbers
 * at a time are transposed in registers. Sets the strides of A in *s to those of the packed block.
 * */
PLM_INLINE void pack(float *to, const block *k, tile_strides *s)
{
    const float *from = k->a;
    const size_t step = k->s.a_step;
    size_t r = 0;
    for (; r + PLM_LANES <= k->depth; r += PLM_LANES, from += PLM_LANES * step) {
        size_t i = 0;
        for (; i + PLM_LANES <= k->rows; i += PLM_LANES)
            lanes_transpose(to + i * PACK_STRIDE + r, PACK_STRIDE, from + i, step);
        for (; i < k->rows; i++)
            for (size_t u = 0; u < PLM_LANES; u++)
                to[i * PACK_STRIDE + r + u] = from[u * step + i];
    }
    for (; r < k->depth; r++, from += step)
        for (size_t i = 0; i < k->rows; i++)
            to[i * PACK_STRIDE + r] = from[i];
    s->a_row = PACK_STRIDE;
    s->a_step = 1;
}
#else
/* Packs a block of A, which is read by columns, step by step: to[depth][PACK_ROWS]. The numbers of
 * a step are neighbours in A already, so packing only copies the steps one after the other and need
 * not transpose. Sets the strides of A in *s to those of the packed block. */
PLM_INLINE void pack(float *to, const block *k, tile_strides *s)
{
    const float *from = k->a;
    for (size_t r = 0; r < k->depth; r++, from += k->s.a_step, to += PACK_ROWS) {
        size_t i = 0;
        for (; i + PLM_LANES <= k->rows; i += PLM_LANES)
            lanes_store(to + i, lanes_load(from + i));
        if (i < k->rows)
            lanes_store(to + i, lanes_load_part(from + i, k->rows - i));
    }
    s->a_row = 1;
    s->a_step = PACK_ROWS;
}
#endif

/* Computes at most PACK_ROWS x PACK_PANELS of C from packed blocks of A. A tile that reads A by
 * columns would touch one cache line per step of the depth, each in a page of its own if the rows
 * in memory are long. In a packed block these lines follow one another. */
static __attribute__((noinline)) void packed_run(block k)
{
    float packed[PACK_ROWS * PACK_STRIDE] __attribute__((aligned(64)));
    const cut deep = cut_evenly(k.depth, PACK_DEPTH);
    const float *const next_rows = k.a + k.rows;
    for (size_t t = 0; t < deep.count; t++) {
        const bool last = t + 1 == deep.count;
        k.depth = deep.size + (t < deep.larger);
        block piece = k;
        pack(packed, &k, &piece.s);
        piece.a = packed;
        piece.packed = true;
        piece.next_a = last ? next_rows : k.a + k.depth * k.s.a_step;
        piece.next_step = k.s.a_step;
        piece.next_b = last ? NULL : k.b + k.depth * k.s.b_step;
        strips_run(piece);
        block_behind(&k, k.depth);
    }
}

/* Computes the whole product block by block. Blocks have at most the sizes that packed_run takes.
 * The rows are cut at multiples of 16, so that blocks begin at a cache line of A. */
static __attribute__((noinline)) void packed_all(block line)
{
    const cut tall = cut_evenly((line.rows + PLM_LANES - 1) / PLM_LANES, PACK_ROWS / PLM_LANES),
              across = cut_evenly(line.panels, PACK_PANELS);
    size_t rows = line.rows;
    for (size_t t = 0; t < tall.count; t++, rows -= line.rows) {
        const size_t most = (tall.size + (t < tall.larger)) * PLM_LANES;
        line.rows = rows < most ? rows : most;
        block piece = line;
        for (size_t u = 0; u < across.count; u++) {
            piece.panels = across.size + (u < across.larger);
            piece.half = line.half && u + 1 == across.count;
            packed_run(piece);
            block_right(&piece, piece.panels);
        }
        block_down(&line, line.rows);
    }
}
