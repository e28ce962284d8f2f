/* Schedule-free AdamW. Definition: Keras. Three sequences: z takes the steps, s is its average, and
 * the gradient is taken between them, at x = (1 - b1) z + b1 s:
 *     v += (g^2 - v)(1 - b2)
 *     z -= lr g / (sqrt(v / (1 - b2^t)) + epsilon)
 *     s = (1 - 1/t) s + z / t
 * Only z and v are stored: s = (x - (1 - b1) z) / b1. While the net trains, its weights are x. At
 * the end of an epoch, and whenever the net is evaluated, its weights are s (see rest). In Keras
 * the user makes this change (swap_to_eval). */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"
#include "nn/optimizer/power.h"

typedef struct {
    const plm_spec *learning_rate;  /* a number or a schedule */
    double beta_1, beta_2, epsilon; /* beta_1: position of x between z and s. beta_2: decay of v.
                                     * epsilon: number added to the root of v. */
    int64_t warmup_steps;           /* number of steps in which the rate rises from 0 */
} schedule_free;

static const plm_field fields[] = {
    PLM_FIELD_OF(schedule_free, learning_rate, PLM_SPEC, "0.0025", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(
        schedule_free, beta_1, PLM_REAL, "0.9", 1e-3, 0.9999999,
        "point at which the gradient is taken: 1 = at the average, 0 = at the end of the steps"),
    PLM_FIELD(schedule_free, beta_2, PLM_REAL, "0.999", 0, 0.9999999,
              "decay of the mean of squared gradients"),
    PLM_FIELD(schedule_free, epsilon, PLM_REAL, "1e-8", 1e-30, 1,
              "small number added to keep the division finite"),
    PLM_FIELD(schedule_free, warmup_steps, PLM_INT, "0", 0, 1e15,
              "number of updates in which the rate rises from 0"),
    {0}};

static const char *const slots[] = {"momentum", "velocity", NULL};

/* Computes the rate with its warm-up, the bias correction of sqrt(v), and 1/t. */
static void begin(const void *config, plm_span *span, double state[4])
{
    const schedule_free *c = config;
    (void)state;
    const double part = c->warmup_steps > 0 ? (double)span->step / (double)c->warmup_steps : 1;
    span->scalar[0] = span->rate * (part < 1 ? part : 1);
    span->scalar[1] = 1 / sqrt(1 - plm_power(c->beta_2, span->step));
    span->scalar[2] = 1 / (double)span->step;
}

/* Coefficients of the loop, as plm_real. low = 1 - b1, over = 1 / b1, part = 1 / t. */
typedef struct {
    /* high = b1, new_2 = 1 - b2 */
    plm_real rate, correction, epsilon, new_2, part, high, low, over;
} coefficients;

/* Updates x [count]. z, v [count]: the sequence of steps, and the mean of squared gradients. s is
 * not stored: it is recovered from x and z, which costs two operations and saves a vector of the
 * size of the weights. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict z, plm_real *restrict v, size_t count,
                               coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real square = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k.new_2);
        const plm_real mean = (x[i] - k.low * z[i]) * k.over;
        const plm_real end = plm_flushed(z[i] - k.rate * plm_flushed(g[i]) /
                                                    (sqrt(square) * k.correction + k.epsilon));
        v[i] = square;
        z[i] = end;
        x[i] = plm_flushed(k.low * end + k.high * ((1 - k.part) * mean + k.part * end));
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict z, plm_real *restrict v, size_t count, coefficients k),
            (x, g, z, v, count, k))

/* Computes x = x_factor x + z_factor z. */
static PLM_BODY void mix_body(plm_real *restrict x, const plm_real *restrict z, size_t count,
                              plm_real x_factor, plm_real z_factor)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x_factor * x[i] + z_factor * z[i]);
}
PLM_PER_ISA(mix,
            (const char *isa, plm_real *restrict x, const plm_real *restrict z, size_t count,
             plm_real x_factor, plm_real z_factor),
            (x, z, count, x_factor, z_factor))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const schedule_free *c = config;
    const coefficients k = {.rate = (plm_real)s->scalar[0],
                            .correction = (plm_real)s->scalar[1],
                            .epsilon = (plm_real)c->epsilon,
                            .new_2 = (plm_real)(1 - c->beta_2),
                            .part = (plm_real)s->scalar[2],
                            .high = (plm_real)c->beta_1,
                            .low = (plm_real)(1 - c->beta_1),
                            .over = (plm_real)(1 / c->beta_1)};
    step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

/* Replaces the weights x by the average s = (x - (1 - b1) z) / b1, or s by x again. b1 is at least
 * 0.001, so nothing is divided by 0. */
static void rest(const void *config, const plm_span *s, bool resting)
{
    const double high = ((const schedule_free *)config)->beta_1, low = 1 - high;
    if (resting)
        mix(s->isa, s->p, s->slot[0], s->count, (plm_real)(1 / high), (plm_real)(-low / high));
    else
        mix(s->isa, s->p, s->slot[0], s->count, (plm_real)high, (plm_real)low);
}

const plm_optimizer_kind plm_optimizer_schedule_free_adamw = {
    .kind = {.name = "schedule_free_adamw",
             .help = "adamw with an average of its own steps, which needs no schedule",
             .formula = "z -= lr g / (sqrt(v / (1 - b2^t)) + epsilon), s = (1 - 1/t) s + z / t, "
                        "x = (1 - b1) z + b1 s",
             .notes = "Averaging does the work of a schedule that falls to zero, and the length of "
                      "the training need not be known. The weights that are validated and saved at "
                      "the end of an epoch are the average s; the weights in training are x. Use a "
                      "larger rate than adam's, and warmup_steps for deep nets. A loop of your own "
                      "(plm_train_batch) gets s by plm_evaluate. weight_decay is 0 by default.",
             .source = "Defazio et al., The road less scheduled, NeurIPS 2024",
             .config_size = sizeof(schedule_free),
             .fields = fields,
             .examples = PLM_LIST("schedule_free_adamw(0.02)",
                                  "schedule_free_adamw(0.05, beta_1=0.8, warmup_steps=10)")},
    .rate_offset = offsetof(schedule_free, learning_rate),
    .slots = slots,
    .begin = begin,
    .update = update,
    .rest = rest,
    .copies = 1u,
};
