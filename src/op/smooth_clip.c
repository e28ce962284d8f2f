/* Computes y = x / sqrt(1 + (x / limit)^2), which is about x near 0, and always between -limit and
 * limit. The layer smooth_clip emits it. With q = 1 / sqrt(1 + (x / limit)^2) the slope is q^3.
 * Both use only +, *, / and sqrt, so all instruction sets give the same bits. */
#include <math.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

typedef struct {
    double limit; /* outputs are between -limit and limit */
} smooth_clip;

static const plm_field fields[] = {
    PLM_FIELD(smooth_clip, limit, PLM_REAL, "3", 1e-6, 1e6, "largest magnitude of the output"),
    {0}};

/* An x whose magnitude is above this number is limited to it, so that the square stays finite; the
 * output is limit or -limit in either case. */
#define FARTHEST ((plm_real)1e15)

/* Returns x / limit, where x is first limited to [-FARTHEST, FARTHEST]. NaN stays NaN. */
static inline plm_real ratio(plm_real x, plm_real limit)
{
    const plm_real low = x < -FARTHEST ? -FARTHEST : x;
    return (low > FARTHEST ? FARTHEST : low) / limit;
}

/* Computes y[count] from x[count]. */
static PLM_BODY void clip_body(plm_real *restrict y, const plm_real *restrict x, size_t count,
                               plm_real limit)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real r = ratio(x[i], limit);
#ifdef PLM_DOUBLE
        y[i] = limit * (r / sqrt(1 + r * r));
#else
        y[i] = limit * (r / sqrtf(1 + r * r));
#endif
    }
}
PLM_PER_ISA(clip,
            (const char *isa, plm_real *restrict y, const plm_real *restrict x, size_t count,
             plm_real limit),
            (y, x, count, limit))

/* Computes dx[count] from dy[count] and x[count]. */
static PLM_BODY void slope_body(plm_real *restrict dx, const plm_real *restrict dy,
                                const plm_real *restrict x, size_t count, plm_real limit)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real r = ratio(x[i], limit);
#ifdef PLM_DOUBLE
        const plm_real q = 1 / sqrt(1 + r * r);
#else
        const plm_real q = 1 / sqrtf(1 + r * r);
#endif
        dx[i] = plm_flushed(dy[i] * plm_flushed(q * q * q));
    }
}
PLM_PER_ISA(slope,
            (const char *isa, plm_real *restrict dx, const plm_real *restrict dy,
             const plm_real *restrict x, size_t count, plm_real limit),
            (dx, dy, x, count, limit))

/* Sets the shape of the output to that of x. */
static plm_status shape(plm_shaping *o)
{
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the size of `rows` rows in memory, in numbers, including padding. It is a multiple of
 * 16. */
static size_t numbers(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines * s->out.shape.stride);
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const smooth_clip *c = s->config;
    const size_t at = numbers(s, first);
    (void)thread;
    clip(s->run->kernel->isa, s->out.x + at, s->in[0].x + at, numbers(s, last - first),
         (plm_real)c->limit);
}

/* Computes dx for rows first <= n < last, if it is wanted. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const smooth_clip *c = s->config;
    const size_t at = numbers(s, first);
    (void)thread;
    if (s->in[0].g != NULL)
        slope(s->run->kernel->isa, s->in[0].g + at, s->out.g + at, s->in[0].x + at,
              numbers(s, last - first), (plm_real)c->limit);
}

const plm_op_kind plm_op_smooth_clip = {
    .kind = {.name = "smooth_clip",
             .help = "limits x smoothly",
             .formula = "y = x / sqrt(1 + (x / limit)^2)",
             .config_size = sizeof(smooth_clip),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
