/* Looks for numbers given to a layer that shifts or scales the inputs, such as the mean and the
 * variance of a normalization, that belong to other data. */
#include "doctor/given_numbers.h"

#include <math.h>
#include <string.h>

/* Number of layers that are looked at. */
enum { FIRST = 3 };

/* Returns the list of numbers of an argument of a layer; NULL = it has no such argument. */
static const plm_reals *list_of(const plm_layer *l, const char *name)
{
    const plm_field *f = l->kind->kind.fields;
    while (f != NULL && f->name != NULL && strcmp(f->name, name) != 0)
        f++;
    return f != NULL && f->name != NULL && f->type == PLM_REALS
               ? (const plm_reals *)(const void *)((const char *)l->config + f->offset)
               : NULL;
}

/* True if a layer is a normalization with given statistics, or a frozen batch_normalization. */
static bool has_statistics(const plm_case *c, int64_t i, const plm_layer *l)
{
    if (plm_case_layer_is(c, i, "batch_normalization"))
        return !l->trainable;
    if (!plm_case_layer_is(c, i, "normalization"))
        return false;
    const plm_reals *mean = list_of(l, "mean"), *variance = list_of(l, "variance");
    return (mean != NULL && mean->count > 0) || (variance != NULL && variance->count > 0);
}

/* Returns the first of the first layers that shifts or scales the inputs by numbers that the user
 * gave: one with statistics, or a rescaling with an offset; -1 = none. */
static int64_t find_given(const plm_case *c)
{
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < FIRST; i++) {
        const plm_layer *l = &c->model->layer[c->spot[i].layer];
        if (plm_case_layer_is(c, i, "dense*"))
            return -1;
        if (plm_case_layer_is(c, i, "rescaling") && fabs(plm_case_argument(c, i, "offset")) > 0)
            return i;
        if (has_statistics(c, i, l))
            return i;
    }
    return -1;
}

/* Reports numbers given to a layer that do not suit the data: what comes out of it, in a pass of
 * the untrained net, is as far from mean 0 and standard deviation 1 as inputs that are not scaled.
 */
static void judge(const plm_number_limits *t, const plm_case *c, int64_t at, plm_report *r)
{
    const double mean = c->first[at].mean, deviation = sqrt(c->first[at].variance);
    const bool off = fabs(mean) > t->offset * deviation && fabs(mean) > t->size,
               wide = deviation > t->high,
               narrow = deviation < (c->data->images ? t->pixel : t->low);
    if (!off && !wide && !narrow)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                     "the numbers of %s do not suit the data: it gives a mean of %.3g and a "
                     "standard deviation of %.3g",
                     plm_case_layer(c, at), mean, deviation);
    r->number = off ? fabs(mean) / deviation : deviation;
    r->threshold = off ? t->offset : wide ? t->high : t->low;
    plm_report_line(r, "nets learn best from inputs of mean 0 and standard deviation 1");
    plm_layer_text *text = plm_arena_take(r->arena, sizeof *text);
    r->what.failed = r->what.failed || text == NULL;
    if (text == NULL)
        return;
    *text = (plm_layer_text){at, "normalization"};
    plm_report_texts(r, text, 1);
}

/* Looks at a pass of the untrained net. */
void plm_find_unsuited_numbers(const plm_case *c, const plm_number_limits *t, plm_report *r)
{
    const int64_t at = c->first != NULL && c->data != NULL ? find_given(c) : -1;
    if (at >= 0)
        judge(t, c, at, r);
}
