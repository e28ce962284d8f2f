/* grouped_dense applies a separate small dense layer to each group: y[.., g, :] = gain x[.., g, :]
 * kernel[g] + bias[g], with kernel [groups, in, units], bias [groups, units]. With columns=true
 * each column of x [.., groups] is a group of one number, so that x need not be stored by groups.
 *
 *     dx[i] = gain (sum over u of dy[u] kernel[g][i][u])
 *     dkernel[g][i][u] = gain (sum of x[i] dy[u]),   dbias[g][u] = sum of dy[u]
 *
 * The sums are over the rows of the batch, in ascending order, in one thread for each chunk of
 * parameters. An element of y is summed over i, then multiplied by gain, then bias is added. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"
#include "op/few.h"

/* Size of a chunk of a parameter in numbers, a multiple of 16. */
enum { CHUNK = 1024 };

typedef struct {
    bool columns; /* each column of x is a group of one input */
    double gain;  /* factor of the product, such as 2 pi */
} grouped_dense;

static const plm_field fields[] = {
    PLM_FIELD(grouped_dense, columns, PLM_BOOL, "false", 0, 0, "true = each column is a group"),
    PLM_FIELD(grouped_dense, gain, PLM_REAL, "1", 0, 0, "factor that multiplies x kernel"),
    {0}};

/* The number of groups, the inputs and units of each group, and the strides between vectors of x
 * and of y, in numbers. A vector of x holds the inputs of one group, or of all groups if `columns`
 * is set. */
typedef struct {
    size_t groups, in, units, x_stride, y_stride; /* all in numbers */
    bool columns;                                 /* as in the config */
    plm_real gain;                                /* as in the config, rounded once */
} sizes;

/* Returns the sizes of a step. */
static sizes sizes_of(const plm_step *s)
{
    const grouped_dense *c = s->config;
    const plm_weight *kernel = s->in[1].weight;
    return (sizes){.groups = (size_t)kernel->dims[0],
                   .in = (size_t)(kernel->rank == 3 ? kernel->dims[1] : 1),
                   .units = (size_t)kernel->dims[kernel->rank - 1],
                   .x_stride = (size_t)s->in[0].shape.stride,
                   .y_stride = (size_t)s->out.shape.stride,
                   .columns = c->columns,
                   .gain = (plm_real)c->gain};
}

/* Sets the shape of the output to [.., groups, units]; in memory each vector holds the units of one
 * group. kernel: [groups, in, units], or [groups, units] if each group has one input. */
static plm_status shape(plm_shaping *o)
{
    const grouped_dense *c = o->config;
    const plm_shape *x = o->in[0];
    const plm_weight *k = o->inputs == 3 ? o->weight[1] : NULL;
    int64_t dims[PLM_RANK];
    const int rank = c->columns ? x->rank + 1 : x->rank;
    if (k == NULL || o->weight[2] == NULL || rank < 2 || rank > PLM_RANK ||
        x->width != x->dims[x->rank - 1] || k->dims[0] != x->dims[rank - 2])
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "grouped_dense takes vectors, a kernel and a bias for each group");
    memcpy(dims, x->dims, sizeof dims);
    dims[rank - 1] = k->dims[k->rank - 1];
    o->out = plm_shape_lines(rank, dims);
    return PLM_OK;
}

/* Returns the number of vectors of each group in `rows` rows of y. */
static size_t vectors(const plm_step *s, const sizes *z, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines) / z->groups;
}

/* ---- products ---- */

/* WIDE: elements of a result that are computed side by side. HIGH: rows of a sum of outer
 * products that are computed together. BLOCK: vectors of a group that are computed before those of
 * the next group, so that those of all groups stay in the second cache. */
enum { WIDE = 8, HIGH = 3, BLOCK = 32 };

/* The distances in memory, in numbers, from a vector to the next vector of the same group, and to
 * the same vector of the next group. */
typedef struct {
    size_t next, group;
} distances;

/* A product of all groups: to[n][g][w] = gain (sum over d of from[n][g][d] matrix[g][d][w]) +
 * start[g][w]. With it both y and dx are computed. */
typedef struct {
    const sizes *z; /* groups and gain are used */
    distances from, to;
    size_t depth, width;            /* of the matrix of each group: [depth, width] */
    bool turned;                    /* true = memory has matrix[g][w][d] */
    const plm_real *matrix, *start; /* start NULL = 0 */
    plm_real *packed;               /* memory for (depth + 1) wide numbers */
} product;

/* Returns the distances of x. */
static distances distances_of_x(const sizes *z)
{
    return z->columns ? (distances){z->x_stride, 1}
                      : (distances){z->groups * z->x_stride, z->x_stride};
}

/* Returns the distances of y. */
static distances distances_of_y(const sizes *z)
{
    return (distances){z->groups * z->y_stride, z->y_stride};
}

/* Returns the width of a packed matrix. */
static size_t padded(size_t width)
{
    return (width + WIDE - 1) / WIDE * WIDE;
}

/* Copies the matrix of group g to packed[depth][wide], and behind it the start. Columns that do not
 * exist are 0. If there is no start, -0 is added, which changes no number. */
static void pack(const product *p, size_t g)
{
    const size_t wide = padded(p->width);
    const plm_real *matrix = p->matrix + g * p->depth * p->width;
    plm_real *packed = p->packed;
    memset(packed, 0, (p->depth + 1) * wide * sizeof *packed);
    for (size_t d = 0; d < p->depth; d++)
        for (size_t w = 0; w < p->width; w++)
            packed[d * wide + w] = matrix[p->turned ? w * p->depth + d : d * p->width + w];
    for (size_t w = 0; w < p->width; w++)
        packed[p->depth * wide + w] = p->start ? p->start[g * p->width + w] : -(plm_real)0;
}

/* Computes `count` vectors of a group. packed: its matrix and start. WIDE sums stay in a register
 * from the first row of the matrix to the last. */
static PLM_BODY void multiply_group_body(plm_real *restrict to, const plm_real *restrict from,
                                         const plm_real *restrict packed, const product *p,
                                         size_t count)
{
    const size_t wide = padded(p->width);
    const plm_real *restrict start = packed + p->depth * wide;
    for (size_t n = 0; n < count; n++)
        for (size_t w = 0; w < wide; w += WIDE) {
            const plm_real *restrict x = from + n * p->from.next;
            plm_real *restrict y = to + n * p->to.next + w, sum[WIDE] = {0};
            for (size_t d = 0; d < p->depth; d++)
                for (size_t u = 0; u < WIDE; u++)
                    sum[u] += x[d] * packed[d * wide + w + u];
            for (size_t u = 0; u < WIDE; u++)
                sum[u] = p->z->gain * sum[u] + start[w + u];
            if (w + WIDE <= p->width)
                memcpy(y, sum, sizeof sum);
            else
                plm_few_copy(y, sum, (p->width - w) % WIDE);
        }
}
PLM_PER_ISA(multiply_group,
            (const char *isa, plm_real *restrict to, const plm_real *restrict from,
             const plm_real *restrict packed, const product *p, size_t count),
            (to, from, packed, p, count))

/* Computes vectors first <= n < last of all groups. */
static void multiply(const char *isa, const product *p, plm_real *to, const plm_real *from,
                     size_t first, size_t last)
{
    for (size_t n = first; n < last; n += BLOCK)
        for (size_t g = 0; g < p->z->groups; g++) {
            pack(p, g);
            multiply_group(isa, to + n * p->to.next + g * p->to.group,
                           from + n * p->from.next + g * p->from.group, p->packed, p,
                           last - n < BLOCK ? last - n : BLOCK);
        }
}

/* Returns the scratch memory of a thread. */
static plm_real *scratch_of(const plm_step *s, int thread)
{
    return s->run->scratch + (size_t)thread * s->run->scratch_size;
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const sizes z = sizes_of(s);
    const product p = {.z = &z,
                       .from = distances_of_x(&z),
                       .to = distances_of_y(&z),
                       .depth = z.in,
                       .width = z.units,
                       .matrix = s->in[1].x,
                       .start = s->in[2].x,
                       .packed = scratch_of(s, thread)};
    multiply(s->run->kernel->isa, &p, s->out.x, s->in[0].x, vectors(s, &z, first),
             vectors(s, &z, last));
}

/* Computes dx for rows first <= n < last, if it is wanted. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const sizes z = sizes_of(s);
    const product p = {.z = &z,
                       .from = distances_of_y(&z),
                       .to = distances_of_x(&z),
                       .depth = z.units,
                       .width = z.in,
                       .turned = true,
                       .matrix = s->in[1].x,
                       .packed = scratch_of(s, thread)};
    if (s->in[0].g == NULL)
        return;
    multiply(s->run->kernel->isa, &p, s->in[0].g, s->out.g, vectors(s, &z, first),
             vectors(s, &z, last));
    plm_step_flush(s, 0, first, last);
}

/* ---- gradients of the parameters ---- */

/* Returns the number of chunks that a parameter is cut into. */
static int64_t chunks_of(const plm_operand *o)
{
    return (int64_t)((o->weight->size + CHUNK - 1) / CHUNK);
}

/* Returns the number of units of the weight pass: chunks of the kernel, then of the bias. */
static int64_t units(const plm_step *s)
{
    return chunks_of(&s->in[1]) + chunks_of(&s->in[2]);
}

/* The sums of the gradients of some groups. The sums of a group are [high][wide], the outer
 * products of two vectors of the group: of x and dy, or of 1 and dy for a bias. The longer of the
 * two is the one along which the sums are computed side by side. */
typedef struct {
    distances tall, broad;     /* of the vectors of length `high` and `wide` */
    size_t in, units;          /* of a group of the parameter: [in, units] */
    size_t groups, high, wide; /* wide: rounded up to a multiple of WIDE */
    bool turned;               /* true = tall is dy, and broad is x */
} sums;

/* Returns the sizes of the sums of `groups` groups: operand 1 = of the kernel, 2 = of the bias. */
static sums sums_of(const sizes *z, int operand, size_t groups)
{
    const size_t in = operand == 1 ? z->in : 1;
    const bool turned = in > z->units;
    const distances x = operand == 1 ? distances_of_x(z) : (distances){0, 0}, y = distances_of_y(z);
    return (sums){.tall = turned ? y : x,
                  .broad = turned ? x : y,
                  .in = in,
                  .units = z->units,
                  .groups = groups,
                  .high = turned ? z->units : in,
                  .wide = padded(turned ? in : z->units),
                  .turned = turned};
}

/* Adds the outer products of `rows` vectors of a group to `count` rows of its sums, WIDE numbers of
 * each, which stay in registers meanwhile. count: HIGH or 1. */
static PLM_BODY void add_tile(plm_real *restrict to, const plm_real *restrict a,
                              const plm_real *restrict b, const sums *k, size_t rows, size_t count)
{
    plm_real sum[HIGH][WIDE];
    for (size_t i = 0; i < count; i++)
        memcpy(sum[i], to + i * k->wide, sizeof sum[i]);
    for (size_t n = 0; n < rows; n++, a += k->tall.next, b += k->broad.next)
        for (size_t i = 0; i < count; i++)
            for (size_t u = 0; u < WIDE; u++)
                sum[i][u] += a[i] * b[u];
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * k->wide, sum[i], sizeof sum[i]);
}

/* Adds the outer products of `rows` vectors of each group to sum[groups][high][wide]. Memory has
 * numbers behind the end of a vector of the length `wide`, whose sums are not used. */
static PLM_BODY void add_products_body(plm_real *restrict sum, const plm_real *restrict tall,
                                       const plm_real *restrict broad, const sums *k, size_t rows)
{
    for (size_t g = 0; g < k->groups; g++)
        for (size_t w = 0; w < k->wide; w += WIDE) {
            const plm_real *a = tall + g * k->tall.group, *b = broad + g * k->broad.group + w;
            plm_real *to = sum + g * k->high * k->wide + w;
            size_t i = 0;
            for (; i + HIGH <= k->high; i += HIGH)
                add_tile(to + i * k->wide, a + i, b, k, rows, HIGH);
            for (; i < k->high; i++)
                add_tile(to + i * k->wide, a + i, b, k, rows, 1);
        }
}
PLM_PER_ISA(add_products,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict tall,
             const plm_real *restrict broad, const sums *k, size_t rows),
            (sum, tall, broad, k, rows))

/* Adds the outer products of all `count` vectors of each group. */
static void add_all(const char *isa, plm_real *sum, const plm_real *tall, const plm_real *broad,
                    const sums *k, size_t count)
{
    for (size_t n = 0; n < count; n += BLOCK)
        add_products(isa, sum, tall + n * k->tall.next, broad + n * k->broad.next, k,
                     count - n < BLOCK ? count - n : BLOCK);
}

/* Returns the most groups that a chunk has a part of, if each has `size` numbers. */
static size_t most_groups(const sizes *z, size_t size)
{
    const size_t most = (CHUNK - 1) / size + 2;
    return most < z->groups ? most : z->groups;
}

/* Returns how many numbers of scratch memory a thread needs: those of a chunk and of the sums of
 * its groups, or those of a packed matrix. */
static size_t scratch(const plm_step *s)
{
    const sizes z = sizes_of(s);
    const sums kernel = sums_of(&z, 1, most_groups(&z, z.in * z.units)),
               bias = sums_of(&z, 2, most_groups(&z, z.units));
    const size_t of_kernel = kernel.groups * kernel.high * kernel.wide,
                 of_bias = bias.groups * bias.high * bias.wide,
                 chunk = CHUNK + (of_kernel > of_bias ? of_kernel : of_bias),
                 forward = (z.in + 1) * padded(z.units), backward = (z.units + 1) * padded(z.in),
                 packed = forward > backward ? forward : backward;
    return chunk > packed ? chunk : packed;
}

/* Copies the sums of groups `group` and following to the gradient of numbers at <= i < at + count
 * of a parameter. Padding becomes 0. */
static void copy_sums(plm_real *gradient, const plm_real *sum, const sums *k, size_t group,
                      size_t at, size_t count)
{
    const size_t row = k->turned ? 1 : k->wide, column = k->turned ? k->wide : 1;
    memset(gradient, 0, count * sizeof *gradient);
    for (size_t g = 0; g < k->groups; g++)
        for (size_t i = 0; i < k->in; i++) {
            const plm_real *from = sum + g * k->high * k->wide + i * row;
            const size_t begin = ((group + g) * k->in + i) * k->units;
            for (size_t u = 0; u < k->units; u++)
                if (begin + u >= at && begin + u < at + count)
                    gradient[begin + u - at] = from[u * column];
        }
}

/* Computes the gradient of one chunk of the kernel (operand 1) or the bias (operand 2). Passes it
 * to the optimizer, or stores it in the gradient vector. A chunk may begin and end within a group;
 * all sums of that group are computed. */
static void train_chunk(const plm_step *s, int operand, size_t at, int thread)
{
    static const plm_real one = 1;
    const sizes z = sizes_of(s);
    const plm_weight *w = s->in[operand].weight;
    const size_t count = w->size - at < CHUNK ? w->size - at : CHUNK, in = operand == 1 ? z.in : 1,
                 size = in * z.units, group = at / size, end = (at + count + size - 1) / size,
                 groups = (end < z.groups ? end : z.groups) - group;
    const sums k = sums_of(&z, operand, groups);
    plm_real *gradient = scratch_of(s, thread), *sum = gradient + CHUNK;
    const plm_real *x = operand == 1 ? s->in[0].x + group * distances_of_x(&z).group : &one,
                   *dy = s->out.g + group * z.y_stride;
    memset(sum, 0, groups * k.high * k.wide * sizeof *sum);
    add_all(s->run->kernel->isa, sum, k.turned ? dy : x, k.turned ? x : dy, &k,
            vectors(s, &z, s->run->rows));
    copy_sums(gradient, sum, &k, group, at, count);
    for (size_t i = 0; i < count; i++)
        gradient[i] = plm_flushed(operand == 2 ? gradient[i] : z.gain * gradient[i]);
    if (s->run->apply != NULL)
        s->run->apply(s->run->apply_self, w, w->offset + at, gradient, count, thread);
    else
        memcpy(s->run->g + w->offset + at, gradient, count * sizeof *gradient);
}

/* Computes the gradients of units first <= k < last. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t kernel = chunks_of(&s->in[1]);
    for (int64_t k = first; k < last; k++) {
        const int operand = k < kernel ? 1 : 2;
        if (plm_weight_wanted(&s->in[operand]))
            train_chunk(s, operand, (size_t)(k < kernel ? k : k - kernel) * CHUNK, thread);
    }
}

/* Multiply-adds of a row. */
static double work(const plm_step *s)
{
    const sizes z = sizes_of(s);
    return (double)s->out.shape.lines * (double)(z.in * z.units);
}

const plm_op_kind plm_op_grouped_dense = {
    .kind = {.name = "grouped_dense",
             .help = "applies a separate small dense layer to each group",
             .formula = "y[g] = gain x[g] kernel[g] + bias[g]",
             .config_size = sizeof(grouped_dense),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = units}},
            .scratch = scratch,
            .work = work},
};
