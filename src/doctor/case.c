/* Reads the settings that findings ask for: keys of the run file, arguments of layers and of the
 * optimizer. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "doctor/finding.h"

/* Returns the text of a key of the run file. A C program without a run file has no settings, so it
 * is "" for every key. */
const char *plm_case_setting(const plm_case *c, const char *key)
{
    return c->setting != NULL ? c->setting(c->settings, key) : "";
}

/* Returns the value of a key that is a whole number, or `otherwise` if it is not set. */
int64_t plm_case_count(const plm_case *c, const char *key, int64_t otherwise)
{
    const char *text = plm_case_setting(c, key), *end = NULL;
    const double value = *text != '\0' ? plm_text_number(text, &end) : (double)NAN;
    return value >= 0 && value <= 1e9 ? (int64_t)value : otherwise;
}

/* Returns an argument of a kind as a number. A kind keeps its arguments in its own struct, which
 * only its field table describes. So a finding can ask for an argument by name, such as the
 * momentum of any optimizer that has one, without knowing the struct. An argument that is not a
 * number is NaN; comparisons with it are false, so a rule finds nothing where nothing is known. */
double plm_field_number(const plm_field *fields, const void *config, const char *name)
{
    double real = (double)NAN;
    int64_t whole = 0;
    const plm_spec *spec = NULL;
    const plm_field *f = fields;
    while (f != NULL && f->name != NULL && strcmp(f->name, name) != 0)
        f++;
    if (f == NULL || f->name == NULL || config == NULL)
        return real;
    const char *at = (const char *)config + f->offset;
    if (f->type == PLM_REAL)
        memcpy(&real, at, sizeof real);
    if (f->type == PLM_INT) {
        memcpy(&whole, at, sizeof whole);
        real = (double)whole;
    }
    if (f->type == PLM_SPEC)
        memcpy(&spec, at, sizeof spec);
    return spec != NULL && spec->type == PLM_SPEC_NUMBER ? spec->number : real;
}

/* Returns an argument of a layer as a number. A layer without a kind is the input, which has no
 * arguments. */
double plm_case_argument(const plm_case *c, int64_t layer, const char *name)
{
    const plm_layer *l = &c->model->layer[c->spot[layer].layer];
    return l->kind != NULL ? plm_field_number(l->kind->kind.fields, l->config, name) : (double)NAN;
}

/* Returns an argument of the optimizer as a number. NaN if the model has none, or is not
 * compiled. */
double plm_case_option(const plm_case *c, const char *name)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    if (t == NULL || t->optimizer == NULL)
        return (double)NAN;
    return plm_field_number(t->optimizer->kind.fields, t->config, name);
}

/* Returns the number of updates of the training. If gradients of several steps are accumulated for
 * one update, there are fewer updates than planned steps. */
double plm_case_updates(const plm_case *c)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    const int64_t each = t != NULL ? t->common.gradient_accumulation_steps : 0;
    return (double)c->planned / (double)(each > 1 ? each : 1);
}

/* Compares the kind of a layer with a pattern: "*" stands for any letters, "|" separates
 * alternatives. */
bool plm_case_layer_is(const plm_case *c, int64_t layer, const char *pattern)
{
    const plm_layer_kind *kind = c->model->layer[c->spot[layer].layer].kind;
    return kind != NULL && plm_pattern_matches(pattern, kind->kind.name);
}

bool plm_case_is_zero(const plm_case *c, const plm_weight *w)
{
    const plm_real *p = c->model->vector.p + w->offset;
    size_t at = 0;
    while (at < w->size && !(p[at] < 0) && !(p[at] > 0))
        at++;
    return at == w->size;
}
