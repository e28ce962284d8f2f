/* A gradient is right when for one of several step sizes the central difference agrees to 1e-6:
 * a step that jumps over a kink of the net disagrees, a smaller one does not, and a wrong
 * gradient disagrees with all. Inputs are multiples of 2^-12, so that a step of a power of two
 * is exact although inputs are handed over as float.
 *
 * In the float build differences are not good to more than three digits: there, under a loss
 * without kinks, two numbers of each tensor and a direction are held to a seventh of the largest,
 * by longer steps, which tells a missing term from a rounding. */
#include "slopes.h"

#include <math.h>
#include <stdio.h>

enum { COARSE = sizeof(plm_real) == sizeof(float), FEW = 2 };
static const double TOLERANCE = COARSE ? 0.15 : 1e-6;
/* Rounding of a loss: of a difference as such, or in float over the step. */
static const double ROUNDING = COARSE ? 3e-7 : 3e-10;
/* tensors of more than ALL numbers: SOME of them, and one random direction */
enum { ALL = 32, SOME = 20 };

/* A tensor whose gradient is checked: a parameter or an input. */
typedef struct {
    battery_net *n;
    plm_plan *plan;
    const plm_real *kept;     /* the long vector before any step: passes may change state in it */
    const plm_weight *weight; /* NULL = an input */
    int input;
    size_t count;
    double *g;        /* [count], analytic */
    plm_real *values; /* [count], a parameter as it is */
    const char *what;
    bool smooth; /* the loss has no kinks: long steps tell something */
} tensor;

static double run(const tensor *t)
{
    battery_net_bind(t->n, PLM_PLAN_TRAIN, 0, t->n->batch.rows, false);
    plm_plan_set_dirty(t->plan);
    plm_plan_run(t->plan);
    return battery_net_loss(t->n, t->plan);
}

static void restore(const tensor *t)
{
    memcpy(t->n->m->vector.p, t->kept, t->n->m->vector.length * sizeof(plm_real));
}

/* The loss with every number moved by step * direction; at < count moves that one alone. */
static double loss_at(const tensor *t, size_t at, double step)
{
    plm_real *moved = battery_take(t->count, sizeof *moved);
    float *x = t->weight == NULL ? t->n->batch.input[t->input].data : NULL;
    restore(t);
    for (size_t i = 0; i < t->count; i++) {
        const double sign = battery_uniform(77, i) < 0.5 ? -1 : 1;
        const double by = at == t->count ? sign * step : at == i ? step : 0;
        moved[i] = x != NULL ? (plm_real)x[i] : t->values[i];
        if (x != NULL)
            x[i] += (float)by;
        else
            moved[i] += (plm_real)by;
    }
    if (x == NULL)
        plm_weight_write(t->weight, t->n->m->vector.p, moved);
    const double loss = run(t);
    for (size_t i = 0; x != NULL && i < t->count; i++)
        x[i] = (float)moved[i];
    free(moved);
    return loss;
}

static double analytic(const tensor *t, size_t at)
{
    double sum = at < t->count ? t->g[at] : 0;
    for (size_t i = 0; at == t->count && i < t->count; i++)
        sum += battery_uniform(77, i) < 0.5 ? -t->g[i] : t->g[i];
    return sum;
}

static double difference_at(const tensor *t, size_t at, double h)
{
    return (loss_at(t, at, h) - loss_at(t, at, -h)) / (2 * h);
}

/* Number `at`, or at == count: along a direction of ones and minus ones. Where the plain
 * difference will not do, two of them by Richardson: (4 d(h / 2) - d(h)) / 3 is good to h^4. */
static bool agrees(const tensor *t, size_t at, double scale, double *difference)
{
    static const int exponents[] = {COARSE ? -5 : -12, COARSE ? -7 : -15, COARSE ? -9 : -18,
                                    COARSE ? -11 : -20};
    const double a = analytic(t, at),
                 round_off = ROUNDING * (1 + fabs(battery_net_loss(t->n, t->plan)));
    for (size_t k = 0; k < 2 * sizeof exponents / sizeof *exponents; k++) {
        const double h = ldexp(1, exponents[k / 2]), d = difference_at(t, at, h);
        const double better = k % 2 == 0 ? d : (4 * d - difference_at(t, at, 2 * h)) / 3;
        const double size =
            fmax(fmax(fabs(a), fabs(better)), (COARSE ? 1 : 0.01) * scale) + (COARSE ? 0.01 : 0);
        if (k == 0)
            *difference = d;
        if (fabs(a - better) <= TOLERANCE * size + round_off / (COARSE ? h : 1))
            return true;
    }
    return false;
}

static void check_number(battery_report *r, const tensor *t, size_t at, double scale)
{
    double difference = 0;
    r->checks++;
    if (agrees(t, at, scale, &difference))
        return;
    char number[64];
    snprintf(number, sizeof number,
             at < t->count ? "number %zu of %zu" : "along a direction (%zu of %zu)", at, t->count);
    battery_complain(r, "%s: gradient of %s, %s, rows %lld: %.9g, by differences %.9g", t->what,
                     t->weight != NULL ? t->weight->name : "the input", number,
                     (long long)t->n->batch.rows, analytic(t, at), difference);
}

static void check_numbers(battery_report *r, const tensor *t, double scale)
{
    const int before = r->complaints;
    const bool all = t->count <= ALL && !COARSE;
    const size_t numbers = COARSE ? FEW : all ? t->count : SOME;
    for (size_t k = 0; k < numbers && r->complaints < before + 3; k++) {
        const size_t drawn = (size_t)(battery_uniform(78, k) * (double)t->count);
        check_number(r, t, all ? k : k == 0 ? t->count - 1 : drawn, scale);
    }
    if (r->complaints == before)
        check_number(r, t, t->count, scale);
}

static void check_tensor(battery_report *r, const tensor *t)
{
    double scale = 0;
    r->checks++;
    for (size_t i = 0; i < t->count; i++) {
        scale = fmax(scale, fabs(t->g[i]));
        if (!isfinite(t->g[i])) {
            battery_complain(r, "%s: gradient %zu of %s is not finite", t->what, i,
                             t->weight != NULL ? t->weight->name : "the input");
            return;
        }
    }
    if (!COARSE || t->smooth)
        check_numbers(r, t, scale);
}

/* ---- what is checked ---- */

static void check_parameter(battery_report *r, tensor *t, const plm_weight *weight)
{
    plm_real *g = battery_take(weight->count, sizeof *g);
    t->weight = weight;
    t->count = weight->count;
    t->g = battery_take(t->count, sizeof *t->g);
    t->values = battery_take(t->count, sizeof *t->values);
    restore(t);
    run(t);
    plm_weight_read(weight, t->n->m->vector.g, g);
    plm_weight_read(weight, t->kept, t->values);
    for (size_t i = 0; i < t->count; i++)
        t->g[i] = (double)g[i];
    check_tensor(r, t);
    free(g);
    free(t->g);
    free(t->values);
}

/* The gradient of an input is that of the front layer's output, whose kernel is the identity. */
static void check_input(battery_report *r, tensor *t, int input)
{
    const plm_shape *s = plm_graph_shape(&t->n->m->graph, t->n->front[input]);
    const size_t lines = (size_t)(s->lines * t->n->batch.rows), width = (size_t)s->width;
    t->weight = NULL;
    t->input = input;
    t->count = lines * width;
    t->g = battery_take(t->count, sizeof *t->g);
    restore(t);
    run(t);
    const plm_real *g = plm_plan_gradient(t->plan, t->n->front[input]);
    for (size_t i = 0; g != NULL && i < lines; i++)
        for (size_t j = 0; j < width; j++)
            t->g[i * width + j] = (double)g[i * (size_t)s->stride + j];
    if (g != NULL)
        check_tensor(r, t);
    else
        battery_complain(r, "%s: the input gets no gradient", t->what);
    free(t->g);
}

void battery_check_slopes(battery_report *r, battery_net *n, const char *what)
{
    plm_model *m = n->m;
    const size_t bytes = (m->vector.length + PLM_LANES) * sizeof(plm_real);
    plm_real *kept = battery_take(1, bytes);
    const plm_loss_kind *loss = m->head[0].loss;
    tensor t = {.n = n, .kept = kept, .what = what};
    t.smooth = loss != NULL && strcmp(loss->kind.name, "mean_squared_error") == 0;
    memcpy(kept, m->vector.p, m->vector.length * sizeof *kept);
    /* a plan may have room for more rows than come */
    if (n->batch.rows == 5 && plm_model_plan(m, PLM_PLAN_TRAIN, 12, &t.plan) < 0)
        fail_msg("no plan");
    t.plan = battery_net_bind(n, PLM_PLAN_TRAIN, 0, n->batch.rows, false);
    for (size_t k = 0; k < m->graph.weights; k++)
        if (m->graph.weight[k].trainable && strncmp(m->graph.weight[k].layer, "front_", 6) != 0)
            check_parameter(r, &t, &m->graph.weight[k]);
    for (int i = 0; i < m->inputs; i++)
        if (n->front[i].id != m->input[i].id)
            check_input(r, &t, i);
    free(kept);
}

bool battery_slopes_of(battery_report *r, plm *w, const battery_example *e,
                       const battery_form *form, int64_t rows, bool may_fail)
{
    battery_net n;
    char what[600], error[1200];
    const int written = snprintf(what, sizeof what, "%s", e->spec);
    for (int i = 0; i < e->inputs && written > 0; i++) {
        const plm_shape s = plm_shape_of(e->rank[i], e->dims[i]);
        char shape[100];
        plm_shape_print(&s, shape, sizeof shape);
        snprintf(what + strlen(what), sizeof what - strlen(what), " %s", shape);
    }
    if (form->shared)
        snprintf(what + strlen(what), sizeof what - strlen(what), ", all the same");
    if (form->tapped)
        snprintf(what + strlen(what), sizeof what - strlen(what), ", read twice");
    if (form->head != NULL)
        snprintf(what + strlen(what), sizeof what - strlen(what), ", then %s", form->head);
    if (form->loss != NULL)
        snprintf(what + strlen(what), sizeof what - strlen(what), ", %s", form->loss);
    if (battery_net_open(&n, w, e, form, rows) < 0) {
        r->checks++;
        if (!may_fail)
            battery_complain(r, "%s: %s", what, battery_error(w, error, sizeof error));
        return false;
    }
    battery_net_stir(&n, 300);
    battery_check_slopes(r, &n, what);
    battery_net_close(&n);
    return true;
}
