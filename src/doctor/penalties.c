/* Makes penalties weaker. A regularizer keeps its kind and its place, such as
 * kernel_regularizer=l1_l2(l1=0.1, l2=1), and each of its factors is divided by the same number, so
 * that the remedy is the user's own text with other numbers. */
#include "doctor/penalties.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"

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
