/* Noise in training, nothing in use: y = a x + b with random a and b for every element; dx = a dy.
 *   dropout           a = 1/(1 - rate) with chance 1 - rate, else 0                    (Srivastava et al., JMLR 2014)
 *   alpha_dropout     dropped elements become selu's lower limit, then mean and variance are put right
 *                                                                                      (Klambauer et al., NIPS 2017)
 *   gaussian_noise    b normal of deviation `amount`
 *   gaussian_dropout  a normal of mean 1 and deviation sqrt(rate / (1 - rate)) */
#include <tgmath.h>
#include <string.h>

#include "kernel/per_isa.h"
#include "op/random_numbers.h"

typedef struct {
    const char *mode;
    double amount; /* rate, or deviation */
    bool columns;
} noise;

static const plm_field fields[] = {
    PLM_FIELD_OF(noise, mode, PLM_CHOICE, "dropout", "dropout|alpha_dropout|gaussian_noise|gaussian_dropout",
                 "which"),
    PLM_FIELD(noise, amount, PLM_REAL, NULL, 0, 1e9, "rate, or standard deviation"),
    PLM_FIELD(noise, columns, PLM_BOOL, "false", 0, 0, "one draw for a column, alike on all lines of a row"),
    {0}};

static plm_status shape(plm_shaping *o)
{
    o->out = *o->in[0];
    return PLM_OK;
}

/* What an element becomes: y = a x + b. */
typedef struct {
    plm_real kept_a, kept_b, dropped_a, dropped_b; /* the dropping modes */
    uint32_t threshold;                            /* numbers below it: dropped */
    plm_real deviation;                            /* the gaussian modes */
    bool gaussian, additive;
} effect;

static effect effect_of(const noise *c)
{
    effect e = {0};
    const double rate = c->amount;
    e.threshold = rate >= 1 ? UINT32_MAX : (uint32_t)(rate * 4294967296.0);
    if (strcmp(c->mode, "dropout") == 0) {
        e.kept_a = (plm_real)(1 / (1 - rate));
    } else if (strcmp(c->mode, "alpha_dropout") == 0) {
        const double limit = -1.7580993408473766; /* -scale alpha of selu */
        const double a = 1 / sqrt((1 - rate) * (1 + rate * limit * limit)), b = -a * limit * rate;
        e.kept_a = (plm_real)a;
        e.kept_b = (plm_real)b;
        e.dropped_b = (plm_real)(a * limit + b);
    } else {
        e.gaussian = true;
        e.additive = strcmp(c->mode, "gaussian_noise") == 0;
        e.deviation = (plm_real)(e.additive ? rate : sqrt(rate / (1 - rate)));
    }
    return e;
}

/* y = a x + b of elements with numbers of their own; without b for gradients. y may be x. */
static PLM_BODY void drop_body(plm_real *y, const plm_real *x, const uint32_t *restrict number, size_t count, effect e,
                               bool shifted)
{
    const plm_real kept_b = shifted ? e.kept_b : 0, dropped_b = shifted ? e.dropped_b : 0;
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const bool dropped = number[i] < e.threshold;
        y[i] = (dropped ? e.dropped_a : e.kept_a) * x[i] + (dropped ? dropped_b : kept_b);
    }
}
PLM_PER_ISA(drop,
            (const char *isa, plm_real *y, const plm_real *x, const uint32_t *restrict number, size_t count, effect e,
             bool shifted),
            (y, x, number, count, e, shifted))

static void shake(plm_real *y, const plm_real *x, const plm_real *normal, size_t count, const effect *e, bool shifted)
{
    for (size_t i = 0; i < count; i++) {
        const plm_real d = e->deviation * normal[i];
        y[i] = (e->additive ? 1 : 1 + d) * x[i] + (e->additive && shifted ? d : 0);
    }
}

/* 64 numbers at a time, for a whole row or for a line that all lines of the row are like; strides are multiples of 16. */
static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t first, int64_t last, bool shifted)
{
    const effect e = effect_of(s->config);
    const plm_random r = plm_step_random(s);
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    const size_t drawn = ((const noise *)s->config)->columns ? (size_t)s->out.shape.stride : row;
    plm_real normal[PLM_NUMBERS];
    uint32_t number[PLM_NUMBERS];
    for (int64_t n = first; n < last; n++)
        for (size_t at = 0; at < drawn; at += PLM_NUMBERS) {
            const size_t count = drawn - at < PLM_NUMBERS ? drawn - at : PLM_NUMBERS;
            if (e.gaussian)
                plm_step_normals(s, &r, n, at / PLM_NUMBERS, normal);
            else
                plm_step_numbers(s, &r, n, at / PLM_NUMBERS, number);
            for (size_t start = (size_t)n * row + at; start < ((size_t)n + 1) * row; start += drawn)
                if (e.gaussian)
                    shake(y + start, x + start, normal, count, &e, shifted);
                else
                    drop(s->run->kernel->isa, y + start, x + start, number, count, e, shifted);
        }
}

static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run(s, s->out.x, s->in[0].x, first, last, true);
}

static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    if (s->in[0].g != NULL)
        run(s, s->in[0].g, s->out.g, first, last, false);
}

static void infer(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    (void)thread;
    memcpy(s->out.x + (size_t)first * row, s->in[0].x + (size_t)first * row,
           (size_t)(last - first) * row * sizeof(plm_real));
}

const plm_op_kind plm_op_noise = {
    .kind = {.name = "noise",
             .help = "dropout and its relatives",
             .config_size = sizeof(noise),
             .fields = fields},
    .shape = shape,
    .random = true,
    .forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
    .infer = {{.run = infer, .split = PLM_SPLIT_ROWS}},
    .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
};
