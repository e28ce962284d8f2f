/* Computes sizes of updates, and proposes other learning rates for the optimizer of a model. The
 * size of an update, divided by that of the weights, tells whether a learning rate suits a net:
 * values near 1e-3 are healthy. This ratio has no unit, so it can be compared between layers and
 * nets, unlike a learning rate itself. */
#include "doctor/rates.h"

#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "nn/nn.h"

/* True if the weights of a layer were 0 at the first measured step, so that any step is large
 * relative to them. */
static bool begins_with_zeros(const plm_case *c, int64_t layer)
{
    return c->samples > 0 && c->sample[0].step == 0 && !(c->sample[0].reading[layer].norm_w > 0);
}

/* Returns the largest update of a step, relative to the weights of its layer. Layers without
 * weights, or whose weights are all 0, are skipped. */
double plm_largest_update(const plm_case *c, const plm_sample *s, int64_t *layer)
{
    double most = 0;
    *layer = -1;
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_reading *r = &s->reading[i];
        if (!(r->norm_w > 0) || isnan(r->norm_u) || !(r->norm_u / r->norm_w > most) ||
            begins_with_zeros(c, i))
            continue;
        most = r->norm_u / r->norm_w;
        *layer = i;
    }
    return most;
}

/* Returns the number of weights in the matrices of a layer, since it determines how much the layer
 * can memorize; biases and scales are few in comparison. */
double plm_layer_weights(const plm_case *c, int64_t layer)
{
    double count = 0;
    for (size_t i = 0; i < c->model->graph.weights; i++) {
        const plm_weight *w = &c->model->graph.weight[i];
        if (w->layer == plm_case_layer(c, layer) && w->rank == 2 && w->trainable)
            count += (double)w->count;
    }
    return count;
}

/* True if the first update can be predicted from the gradients of the untrained net: no clipping is
 * set, and the first step of the optimizer is known. *plain: the step is the rate times the
 * gradient; otherwise each weight moves by about the rate. */
static bool is_predictable(const plm_training *t, bool *plain)
{
    const char *name = t->optimizer->kind.name;
    /* adagrad divides by the root of a sum of squares, which is nearly constant if it begins large
     */
    const bool tired =
        plm_field_number(t->optimizer->kind.fields, t->config, "initial_accumulator_value") > 1;
    *plain = plm_pattern_matches("sgd", name) || tired;
    return !(t->common.clipnorm > 0 || t->common.global_clipnorm > 0 || t->common.clipvalue > 0) &&
           (*plain || plm_pattern_matches("adam|adamw|nadam|adamax|lion|rmsprop", name));
}

/* Returns the clock of schedules at the first step; its steps_per_epoch = 0: the rate is constant,
 * or the number of steps of an epoch is unknown. */
static plm_clock clock_of(const plm_case *c)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    const int64_t rows = c->data != NULL ? c->data->rows : 0,
                  all = c->batch > 0 ? (rows + c->batch - 1) / c->batch : 0,
                  epoch = plm_case_count(c, "steps_per_epoch", all);
    if (t == NULL || t->schedule.kind == NULL || epoch < 1)
        return (plm_clock){0};
    return (plm_clock){.steps_per_epoch = epoch,
                       .steps = c->planned,
                       .epochs = c->planned / epoch,
                       .rate = plm_schedule_first(&t->schedule)};
}

/* Evaluates the schedule. A schedule may depend on its previous rate, so it is evaluated in the
 * order of steps, from the first on. In a long training some steps are skipped: schedules are
 * smooth, and 10,000 values are enough to find the highest one. An error of the schedule is
 * reported by the training itself, so it is ignored here. */
bool plm_rates_ask(const plm_case *c, int64_t from, int64_t to, plm_rates *out)
{
    enum { MOST = 10000 };
    const int64_t stride = to > MOST ? to / MOST : 1;
    plm_clock clock = clock_of(c);
    *out = (plm_rates){0};
    for (int64_t i = 0; clock.steps_per_epoch > 0 && i <= to; i += stride) {
        clock.step = i;
        clock.epoch = i / clock.steps_per_epoch;
        clock.fresh = i % clock.steps_per_epoch < stride;
        const plm_status status =
            plm_schedule_ask(c->w, &c->model->training->schedule, &clock, &clock.rate);
        plm_ignore(status);
        if (status < 0)
            return false;
        out->first = i == 0 ? clock.rate : out->first;
        out->from = i <= from ? clock.rate : out->from;
        out->to = clock.rate;
        out->highest = fmax(out->highest, clock.rate);
        out->sum += clock.rate * (double)(stride < to + 1 - i ? stride : to + 1 - i);
    }
    return clock.steps_per_epoch > 0 && from >= 0 && to >= from;
}

/* Returns the factor by which the learning rate of a layer's matrices is multiplied. */
static double rate_factor(const plm_case *c, int64_t layer)
{
    for (size_t i = 0; i < c->model->graph.weights; i++) {
        const plm_weight *w = &c->model->graph.weight[i];
        if (w->layer == plm_case_layer(c, layer) && w->rank == 2 && w->trainable)
            return w->learning_rate_factor;
    }
    return 1;
}

/* Predicts the first update, relative to the weights. sgd moves weights by the rate times the
 * gradient. Adam and similar optimizers divide by the size of the gradient, so in the first step
 * each weight moves by about the rate, whatever the gradient is. */
static double predicted(const plm_case *c, double rate, int64_t *layer)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    double most = (double)NAN;
    bool plain = false;
    const double begin = plm_case_option(c, "initial_accumulator_value");
    *layer = -1;
    if (t == NULL || c->first == NULL || !is_predictable(t, &plain))
        return most;
    if (begin > 1) /* of adagrad: gradients add little to it */
        rate /= sqrt(begin);
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_reading *r = &c->first[i];
        if (!(r->norm_w > 0) || !isfinite(r->norm_g))
            continue;
        const double step = plain ? r->norm_g : sqrt(plm_layer_weights(c, i));
        const double update = rate_factor(c, i) * rate * step / r->norm_w;
        if (!(update <= most)) { /* also if most is NaN */
            most = update;
            *layer = i;
        }
    }
    return most;
}

double plm_predicted_update(const plm_case *c, int64_t *layer)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    plm_rates rates;
    /* if the rate is an expression, it must be evaluated */
    const bool given = t == NULL || t->rate > 0 || !plm_rates_ask(c, 0, 0, &rates);
    return predicted(c, t == NULL ? 0 : given ? t->rate : rates.first, layer);
}

/* A rate that rises from 0 says nothing by its first step. */
double plm_predicted_way(const plm_case *c, int64_t *layer)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    plm_rates rates;
    if (t == NULL || t->schedule.kind == NULL)
        return plm_predicted_update(c, layer) * (double)c->planned;
    *layer = -1;
    if (!plm_rates_ask(c, 0, c->planned - 1, &rates) || rates.to < rates.highest)
        return (double)NAN;
    return predicted(c, rates.sum, layer);
}

/* Rounds to one significant digit. */
static double one_digit(double value)
{
    const double power = pow(10, floor(log10(value)));
    return round(value / power) * power;
}

/* Returns a spec without its first argument if this has no key, as in sgd(0.1), where it is the
 * learning rate. NULL = no memory. */
static const plm_spec *without_first(plm_arena *a, const plm_spec *s)
{
    if (s->count == 0 || s->argument[0].key != NULL)
        return s;
    plm_spec *copy = plm_arena_take(a, sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = *s;
    copy->argument++;
    copy->count--;
    return copy;
}

/* Returns the optimizer with another value of a key. All other arguments that the user has set are
 * kept. */
const char *plm_optimizer_with(plm_arena *a, const plm_model *m, const char *key, const char *value)
{
    const plm_spec *own = NULL, *given = NULL;
    const char *text = plm_model_setting(m, "optimizer");
    if (text == NULL || value == NULL || plm_spec_parse(a, text, &own) < 0 ||
        plm_spec_parse(a, value, &given) < 0)
        return NULL;
    if (strcmp(key, "learning_rate") == 0)
        own = without_first(a, own);
    const plm_spec *changed = own != NULL ? plm_spec_with(a, own, key, given) : NULL;
    return changed != NULL ? plm_spec_text(a, changed) : NULL;
}

/* Returns the default learning rate of the model's optimizer; 0 = it has none. */
static double usual_rate(const plm_training *t)
{
    const plm_field *f = t->optimizer != NULL ? t->optimizer->kind.fields : NULL;
    for (; f != NULL && f->name != NULL; f++)
        if (strcmp(f->name, "learning_rate") == 0 && f->fallback != NULL) {
            const char *end = NULL;
            const double rate = plm_text_number(f->fallback, &end);
            return isfinite(rate) ? rate : 0;
        }
    return 0;
}

/* Returns the learning rate of the step that the report is about, if a schedule gives it; else that
 * of the model. 0 = unknown. */
static double rate_of(const plm_report *r, const plm_case *c)
{
    const plm_training *t = c->model->training;
    plm_rates rates;
    if (t != NULL && r->step >= 0 && plm_rates_ask(c, r->step, r->step, &rates))
        return rates.to;
    return t != NULL ? t->rate : 0;
}

/* Adds a remedy with another learning rate. It is rounded to one digit: a rate within a factor of
 * two is good enough. If the factor was measured on a net that explodes or does not learn, it can
 * be extreme: a rate is lowered to a thousandth at most, and increased to 1 at most. If a
 * thousandth is still more than 10 times the default of the optimizer, the default is proposed. */
void plm_rate_remedy(plm_report *r, const plm_case *c, double factor)
{
    const plm_training *t = c->model->training;
    const double rate = rate_of(r, c);
    if (factor < 1e-3) {
        const double usual = t != NULL ? usual_rate(t) : 0;
        const bool extreme = usual > 0 && rate * 1e-3 > 10 * usual;
        factor = extreme ? usual / rate : 1e-3;
    }
    if (factor > 1 && rate > 0)
        factor = fmax(1, fmin(factor, 1 / rate));
    const char *value =
        rate > 0 ? plm_optimizer_with(r->arena, c->model, "learning_rate",
                                      plm_arena_format(r->arena, "%g", one_digit(rate * factor)))
                 : NULL;
    if (value != NULL)
        plm_report_remedy(r, "optimizer", "%s", value);
    plm_report_remedy(r, "", "plummet lr-find RUNFILE shows the range");
}
