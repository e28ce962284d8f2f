/* Adds random noise in training; at inference it copies its input. y = a x + b, with random a and b
 * for every element, so dx = a dy. The random numbers are not kept: backward draws them again.
 *
 *     dropout           a = 1/(1 - rate) with probability 1 - rate, else 0
 *                       (Srivastava et al., 2014)
 *     alpha_dropout     dropped elements become the lower limit of selu; a and b then restore
 *                       mean and variance (Klambauer et al., 2017)
 *     gaussian_noise    a = 1; b is normal, with mean 0 and stddev `amount`
 *     gaussian_dropout  b = 0; a is normal, with mean 1 and stddev sqrt(rate / (1 - rate)) */
#include <tgmath.h>
#include <string.h>

#include "kernel/per_isa.h"
#include "op/random_numbers.h"

typedef struct {
    const char *mode; /* one of the four above */
    /* gaussian_noise: standard deviation of the noise; other modes: the rate */
    double amount;
    /* a length for each axis; 1 = all elements along the axis share a random number */
    plm_ints noise_shape;
    int64_t seed;    /* seed of the op; below 0 = the seed of the run is used */
    int64_t control; /* index of the graph's number that replaces `amount`; below 0 = none */
} noise;

static const plm_field fields[] = {
    PLM_FIELD_OF(noise, mode, PLM_CHOICE, "dropout",
                 "dropout|alpha_dropout|gaussian_noise|gaussian_dropout", "which"),
    PLM_FIELD(noise, amount, PLM_REAL, NULL, 0, 1e9,
              "rate of dropped elements, or standard deviation"),
    PLM_FIELD(noise, noise_shape, PLM_INTS, "", 1, 1e9,
              "shape of the noise: along an axis of length 1 all elements share the noise; none = "
              "each element has its own noise"),
    PLM_FIELD(noise, seed, PLM_INT, "-1", 0, 9e15, "seed of this op; none = the run's seed"),
    PLM_FIELD(noise, control, PLM_INT, "-1", 0, 9e15,
              "index of the number of the graph that is used in place of `amount` and changes from "
              "step to step"),
    {0}};

/* Fails for a rate of 1 or more, since the numbers that are kept are divided by 1 - rate. A
 * standard deviation may be larger than 1. */
static plm_status check_rate(const plm_shaping *o)
{
    const noise *c = o->config;
    if (strcmp(c->mode, "gaussian_noise") == 0 || c->amount < 1)
        return PLM_OK;
    return plm_fail(o->graph->w, PLM_E_SPEC, NULL, "give a rate below 1, such as 0.5",
                    "a rate of %g drops every number", c->amount);
}

/* Sets the shape of the output to that of x. Checks the rate and noise_shape. A noise_shape
 * requires that each row is stored as one vector. */
static plm_status shape(plm_shaping *o)
{
    const plm_ints *n = &((const noise *)o->config)->noise_shape;
    const plm_shape *x = o->in[0];
    bool fits = n->count == 0 || (n->count == x->rank && x->lines == 1);
    for (int a = 0; fits && a < n->count; a++)
        fits = n->at[a] == 1 || n->at[a] == x->dims[a];
    if (!fits)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL,
                        "give a length for each axis except the batch: that of the input, or 1 to "
                        "drop all elements along the axis together",
                        "noise_shape does not fit the input");
    o->out = *x;
    return check_rate(o);
}

/* The constants a and b of y = a x + b, which follow from the mode and its amount. */
typedef struct {
    /* dropout, alpha_dropout: a and b of kept and dropped elements */
    plm_real kept_a, kept_b, dropped_a, dropped_b;
    /* random numbers have 32 bits; an element whose random number is below this is dropped */
    uint32_t threshold;
    plm_real deviation;      /* gaussian_noise, gaussian_dropout */
    bool gaussian, additive; /* additive: gaussian_noise */
} effect;

/* Computes the constants a and b from the config, and from the current value of an amount that
 * changes. For alpha_dropout they keep mean 0 and variance 1, which selu aims at. If a share q = 1
 * - rate is kept and the others become the limit l of selu, the elements have mean rate l and
 * variance q (1 + rate l^2). a and b undo these. */
static effect effect_of(const plm_step *s)
{
    effect e = {0};
    const noise *c = s->config;
    const double rate = c->control < 0 ? c->amount : s->run->control[c->control].value;
    if (rate < 1)
        e.threshold = (uint32_t)(rate * 4294967296.0);
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

/* Computes y = a x + b for dropout and alpha_dropout. number[count]: the random numbers of the
 * elements. shifted: true = add b, as in forward; gradients have no b. y may be x. The results for
 * kept and dropped elements are both computed and one is chosen, which needs no branch. A dropped
 * element is multiplied by 0 and not set to 0, so that NaN and infinity are not hidden. */
static PLM_BODY void drop_body(plm_real *y, const plm_real *x, const uint32_t *restrict number,
                               size_t count, effect e, bool shifted)
{
    const plm_real kept_b = shifted ? e.kept_b : 0, dropped_b = shifted ? e.dropped_b : 0;
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const bool dropped = number[i] < e.threshold;
        y[i] = (dropped ? e.dropped_a : e.kept_a) * x[i] + (dropped ? dropped_b : kept_b);
    }
}
PLM_PER_ISA(drop,
            (const char *isa, plm_real *y, const plm_real *x, const uint32_t *restrict number,
             size_t count, effect e, bool shifted),
            (y, x, number, count, e, shifted))

/* Computes gaussian_noise (if additive) or gaussian_dropout; the gradient of gaussian_dropout is
 * computed in the same way. normal[count]: the normal deviates of the elements. y may be x. */
static PLM_BODY void shake_body(plm_real *y, const plm_real *x, const plm_real *restrict normal,
                                size_t count, plm_real deviation, bool additive)
{
    if (additive)
        for (size_t i = 0; i < PLM_WHOLE(count); i++)
            y[i] = x[i] + deviation * normal[i];
    else
        for (size_t i = 0; i < PLM_WHOLE(count); i++)
            y[i] = (1 + deviation * normal[i]) * x[i];
}
PLM_PER_ISA(shake,
            (const char *isa, plm_real *y, const plm_real *x, const plm_real *restrict normal,
             size_t count, plm_real deviation, bool additive),
            (y, x, normal, count, deviation, additive))

/* The position in a loop over the elements of a row, in order, and the random number of the current
 * element. Along an axis where noise_shape is 1, all elements share a random number. */
typedef struct {
    int rank;
    int64_t at[PLM_RANK], dim[PLM_RANK]; /* at: index of the current element along each axis. dim:
                                          * lengths of the axes. */
    /* step: by how many random numbers one step along an axis moves on; 0 = its elements share a
     * number. place: index of the random number of the current element, within the row. chunk:
     * which 64 random numbers of the row `number` holds. */
    size_t step[PLM_RANK], place, chunk;
    uint32_t number[PLM_DRAW]; /* the random numbers of chunk `chunk` */
} walk;

/* Returns the position of the first element of a row of x. The random numbers form an array
 * [noise_shape] in row-major order. The steps are those of that array, but 0 along its axes of
 * length 1. */
static walk walk_of(const noise *c, const plm_shape *x)
{
    walk w = {.rank = x->rank, .chunk = SIZE_MAX};
    size_t step = 1;
    for (int a = x->rank - 1; a >= 0; a--) {
        w.dim[a] = x->dims[a];
        w.step[a] = c->noise_shape.at[a] == 1 ? 0 : step;
        step *= (size_t)c->noise_shape.at[a];
    }
    return w;
}

/* Moves the walk to the next element. */
static void go_on(walk *w)
{
    for (int a = w->rank - 1; a >= 0; a--) {
        w->place += w->step[a];
        if (++w->at[a] < w->dim[a])
            return;
        w->place -= w->step[a] * (size_t)w->dim[a];
        w->at[a] = 0;
    }
}

/* Stores the random numbers of the next 64 elements of a row in `out`. w: the position in the row,
 * which moves on by 64 elements. */
static void shared_numbers(const plm_step *s, const plm_random *r, int64_t row, walk *w,
                           uint32_t out[PLM_DRAW])
{
    for (size_t i = 0; i < PLM_DRAW; i++, go_on(w)) {
        if (w->place / PLM_DRAW != w->chunk) {
            w->chunk = w->place / PLM_DRAW;
            plm_step_numbers(s, r, row, w->chunk * PLM_DRAW, PLM_DRAW, w->number);
        }
        out[i] = w->number[w->place % PLM_DRAW];
    }
}

/* Computes a row whose elements share random numbers. The row is computed 64 elements at a time.
 * The last 64 may reach beyond the row; the position then starts again at the first element, and
 * the random numbers for padding are not used. */
static void run_shared(const plm_step *s, const plm_random *r, const effect *e, int64_t row,
                       plm_real *y, const plm_real *x, bool shifted)
{
    const size_t size = (size_t)s->out.shape.stride;
    walk w = walk_of(s->config, &s->out.shape);
    uint32_t number[PLM_DRAW];
    for (size_t at = 0; at < size; at += PLM_DRAW) {
        shared_numbers(s, r, row, &w, number);
        drop(s->run->kernel->isa, y + at, x + at, number,
             size - at < PLM_DRAW ? size - at : PLM_DRAW, *e, shifted);
    }
}

/* Computes a row in which each element has its own random number. The numbers are drawn in pieces
 * and used while they are in the cache. */
static void run_row(const plm_step *s, const plm_random *r, const effect *e, int64_t row,
                    plm_real *y, const plm_real *x, bool shifted)
{
    const char *isa = s->run->kernel->isa;
    const size_t size = (size_t)(s->out.shape.lines * s->out.shape.stride);
    plm_real normal[PLM_NUMBERS];
    uint32_t number[PLM_NUMBERS];
    for (size_t at = 0; at < size; at += PLM_NUMBERS) {
        const size_t count = size - at < PLM_NUMBERS ? size - at : PLM_NUMBERS;
        if (e->gaussian) {
            plm_step_normals(s, r, row, at, count, normal);
            shake(isa, y + at, x + at, normal, count, e->deviation, e->additive);
        } else {
            plm_step_numbers(s, r, row, at, count, number);
            drop(isa, y + at, x + at, number, count, *e, shifted);
        }
    }
}

/* Computes rows first <= n < last of y from x. Forward: shifted is true. Backward: y and x are
 * gradients, shifted is false. The random numbers are a function of the row's number within the
 * epoch, so they do not depend on which thread computes the row, nor on how the rows are
 * divided. */
static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t first, int64_t last,
                bool shifted)
{
    const noise *c = s->config;
    const effect e = effect_of(s);
    const plm_random r = plm_step_random(s, c->seed);
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    for (int64_t n = first; n < last; n++) {
        const size_t at = (size_t)n * row;
        if (c->noise_shape.count > 0)
            run_shared(s, &r, &e, n, y + at, x + at, shifted);
        else
            run_row(s, &r, &e, n, y + at, x + at, shifted);
    }
}

/* Copies rows first <= n < last from x to y, padding included. */
static void copy(const plm_step *s, plm_real *y, const plm_real *x, int64_t first, int64_t last)
{
    const int64_t row = s->out.shape.lines * s->out.shape.stride;
    memcpy(y + first * row, x + first * row, (size_t)((last - first) * row) * sizeof *y);
}

/* Computes y for rows first <= n < last, with noise. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run(s, s->out.x, s->in[0].x, first, last, true);
}

/* Computes dx for rows first <= n < last. dx does not depend on b, so the gradient of
 * gaussian_noise is a copy. A product of dy with a factor below 1 can be tiny; tiny numbers are set
 * to 0. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const effect e = effect_of(s);
    (void)thread;
    if (s->in[0].g == NULL)
        return;
    if (e.gaussian && e.additive)
        copy(s, s->in[0].g, s->out.g, first, last);
    else
        run(s, s->in[0].g, s->out.g, first, last, false);
    if (e.gaussian ? !e.additive : e.kept_a < 1)
        plm_step_flush(s, 0, first, last);
}

/* Computes y at inference: a copy of x. */
static void infer(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    copy(s, s->out.x, s->in[0].x, first, last);
}

const plm_op_kind plm_op_noise = {
    .kind = {.name = "noise",
             .help = "computes dropout and similar noise",
             .config_size = sizeof(noise),
             .fields = fields},
    .shape = shape,
    .random = true,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .infer = {{.run = infer, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
