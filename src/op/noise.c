/* Noise in training, nothing in use: y = a x + b with random a and b for every element; dx = a dy.
 *   dropout           a = 1/(1 - rate) with chance 1 - rate, else 0                    (Srivastava et al., JMLR 2014)
 *   alpha_dropout     dropped elements become selu's lower limit, then mean and variance are put right
 *                                                                                      (Klambauer et al., NIPS 2017)
 *   gaussian_noise    b normal of deviation `amount`
 *   gaussian_dropout  a normal of mean 1 and deviation sqrt(rate / (1 - rate)) */
#include <tgmath.h>
#include <string.h>

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

/* a and b of up to 64 elements. */
static void draw(const plm_step *s, const effect *e, int64_t row, size_t chunk, plm_real a[PLM_NUMBERS],
                 plm_real b[PLM_NUMBERS])
{
    uint32_t number[PLM_NUMBERS];
    if (e->gaussian) {
        plm_step_normals(s, row, chunk, a);
        for (int i = 0; i < PLM_NUMBERS; i++) {
            const plm_real d = e->deviation * a[i];
            a[i] = e->additive ? 1 : 1 + d;
            b[i] = e->additive ? d : 0;
        }
        return;
    }
    plm_step_numbers(s, row, chunk, number);
    for (int i = 0; i < PLM_NUMBERS; i++) {
        const bool dropped = number[i] < e->threshold;
        a[i] = dropped ? e->dropped_a : e->kept_a;
        b[i] = dropped ? e->dropped_b : e->kept_b;
    }
}

static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t first, int64_t last, bool shifted)
{
    const effect e = effect_of(s->config);
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    const size_t drawn = ((const noise *)s->config)->columns ? (size_t)s->out.shape.stride : row;
    plm_real a[PLM_NUMBERS], b[PLM_NUMBERS];
    for (int64_t n = first; n < last; n++)
        for (size_t at = 0; at < drawn; at += PLM_NUMBERS) {
            const size_t count = drawn - at < PLM_NUMBERS ? drawn - at : PLM_NUMBERS;
            draw(s, &e, n, at / PLM_NUMBERS, a, b);
            for (size_t start = (size_t)n * row + at; start < ((size_t)n + 1) * row; start += drawn)
                for (size_t i = 0; i < count; i++)
                    y[start + i] = a[i] * x[start + i] + (shifted ? b[i] : 0);
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
