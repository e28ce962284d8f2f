/* Makes penalties weaker. A regularizer keeps its kind and its place, such as
 * kernel_regularizer=l1_l2(l1=0.1, l2=1), and each of its factors is divided by the same number, so
 * that the remedy is the user's own text with other numbers. */
#include "doctor/penalties.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "doctor/ladder.h"

/* Returns the value of an argument of a regularizer, given or by default; 0 = it is no number. */
static double value_of(const plm_spec *own, const plm_field *f, size_t at)
{
    const plm_spec *given = plm_spec_argument_of(own, f->name, at);
    const char *end = NULL;
    if (given != NULL)
        return given->type == PLM_SPEC_NUMBER ? given->number : 0;
    return f->fallback != NULL ? plm_text_number(f->fallback, &end) : 0;
}

/* Returns a copy of a regularizer with its factors divided by `times`; NULL = no memory. Sets *most
 * to its largest factor, if that is larger. */
static const plm_spec *weaker(plm_arena *a, const plm_spec *own, double times, double *most)
{
    const plm_kind *kind = plm_kind_find(a->w, "regularizer", own->text);
    const plm_field *f = kind != NULL ? kind->fields : NULL;
    for (size_t i = 0; own != NULL && f != NULL && f[i].name != NULL; i++) {
        const plm_spec *now = NULL;
        const double value = f[i].type == PLM_REAL ? value_of(own, &f[i], i) : 0;
        if (!(value > 0))
            continue;
        *most = fmax(*most, value);
        const char *text = plm_arena_format(a, "%.1g", value / times);
        if (text == NULL || plm_spec_parse(a, text, &now) < 0)
            return NULL;
        own = plm_spec_set(a, own, f[i].name, i, now);
    }
    return own;
}

/* True if an argument of a layer is a regularizer that punishes its first weights or outputs;
 * biases begin at 0. */
static bool punishes(const plm_spec_argument *argument)
{
    static const char end[] = "_regularizer";
    const size_t length = argument->key != NULL ? strlen(argument->key) : 0, tail = sizeof end - 1;
    return length > tail && strcmp(argument->key + length - tail, end) == 0 &&
           strncmp(argument->key, "bias", 4) != 0 && strncmp(argument->key, "beta", 4) != 0 &&
           argument->value->type == PLM_SPEC_NAME && strcmp(argument->value->text, "none") != 0;
}

/* Returns the text of a layer with weaker regularizers; NULL = it has none, or there is no memory.
 * *most: their largest factor. */
static const char *weaker_layer(const plm_case *c, plm_arena *a, int64_t layer, double times,
                                double *most)
{
    const plm_spec *own = NULL;
    *most = 0;
    if (plm_spec_parse(a, c->model->layer[c->spot[layer].layer].text, &own) < 0)
        return NULL;
    const plm_spec *now = own;
    for (size_t i = 0; now != NULL && i < own->count; i++) {
        const plm_spec_argument *argument = &own->argument[i];
        if (!punishes(argument))
            continue;
        const plm_spec *less = weaker(a, argument->value, times, most);
        now = less != NULL ? plm_spec_with(a, now, argument->key, less) : NULL;
    }
    return *most > 0 && now != NULL ? plm_spec_text(a, now) : NULL;
}

/* All regularizers are made weaker, since only the sum of their penalties is known. */
int64_t plm_report_weaker_penalties(const plm_case *c, plm_report *r, double times)
{
    plm_layer_text *text = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *text);
    int64_t count = 0, at = -1;
    double largest = 0, most = 0;
    r->what.failed = r->what.failed || text == NULL;
    for (int64_t i = 0; text != NULL && i < c->layers; i++) {
        const char *now = weaker_layer(c, r->arena, i, times, &most);
        if (now == NULL)
            continue;
        text[count++] = (plm_layer_text){i, now};
        at = most > largest ? i : at;
        largest = fmax(largest, most);
    }
    if (count > 0)
        plm_report_texts(r, text, count);
    return at;
}

/* Returns the value of an argument of a regularizer or layer by its name; 0 = it has none. */
static double factor_of(const plm_spec *own, const plm_kind *kind, const char *name)
{
    const plm_field *f = kind != NULL ? kind->fields : NULL;
    for (size_t i = 0; f != NULL && f[i].name != NULL; i++)
        if (strcmp(f[i].name, name) == 0)
            return value_of(own, &f[i], i);
    return 0;
}

/* Returns what the regularizer of a layer's outputs costs if these are the targets. */
static double cost_of_targets(const plm_case *c, int64_t layer)
{
    const plm_data_facts *d = c->data;
    const plm_layer *l = &c->model->layer[c->spot[layer].layer];
    const plm_spec *own = NULL;
    if (plm_spec_parse(c->arena, l->text, &own) < 0)
        return 0;
    const plm_kind *kind = &l->kind->kind;
    if (strcmp(kind->name, "activity_regularization") != 0) {
        own = plm_spec_argument_of(own, "activity_regularizer", SIZE_MAX);
        if (own == NULL || own->type != PLM_SPEC_NAME)
            return 0;
        kind = plm_kind_find(c->w, "regularizer", own->text);
    }
    const double square =
        d->target_mean * d->target_mean + d->target_deviation * d->target_deviation;
    /* the mean size of normal numbers around 0 is 0.8 times their standard deviation */
    const double size = fmax(fabs(d->target_mean), 0.8 * d->target_deviation);
    return factor_of(own, kind, "l1") * size + factor_of(own, kind, "l2") * square;
}

/* The loss of a constant is known for a squared error. */
void plm_find_penalized_predictions(const plm_case *c, double limit, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const int64_t at = c->layers - 1;
    if (d == NULL || d->classes > 0 || at < 0 || c->model->training == NULL ||
        c->model->heads != 1 || c->spot[at].depth > 0 ||
        strcmp(c->model->head[0].loss->kind.name, "mean_squared_error") != 0)
        return;
    const double cost = cost_of_targets(c, at), constant = plm_case_constant_loss(c);
    if (!(constant > 0) || !(cost > limit * constant))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, at,
                     "the penalty on the outputs of %s costs right predictions %.3g times the loss "
                     "of a constant",
                     plm_case_layer(c, at), cost / constant);
    r->number = cost / constant;
    r->threshold = limit;
    plm_report_line(r, "penalty of right predictions %.4g, loss of predicting the mean %.4g", cost,
                    constant);
    plm_report_weaker_penalties(c, r, 100 * cost / constant);
}
