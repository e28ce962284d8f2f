/* Checks the arrays that a caller gives to plm_predict and its variants. */
#include <string.h>

#include "data/data.h"
#include "model/predict.h"

/* Adds the shape of the caller's array to a message, or the reason why it has none. */
static void describe_given(const plm_view *v, plm_text *out)
{
    if (v == NULL || v->data == NULL) {
        plm_text_add(out, v == NULL ? "nothing" : "an array whose data is NULL");
        return;
    }
    if (v->rank < 1 || v->rank > 8) {
        plm_text_format(out, "an array of rank %d", v->rank);
        return;
    }
    for (int i = 0; i < v->rank; i++)
        plm_text_format(out, "%s%lld", i == 0 ? "[" : ", ", (long long)v->dims[i]);
    plm_text_add(out, "]");
}

/* True if the array has a shape that memory can hold; *numbers = its number of elements. An unknown
 * dtype is reported later, so here its elements count as bytes. */
static bool is_shaped(const plm_view *v, int64_t *numbers)
{
    plm_view bytes = *v;
    if (!plm_element_is(v->dtype))
        bytes.dtype = PLM_U8;
    return plm_view_numbers(&bytes, numbers);
}

/* Checks that a row of an array has as many elements as the model takes or gives for `value`.
 * which, index: name the array in messages ("input" or "output", and its number). */
static plm_status check_view(const plm_prediction *c, const plm_view *v, plm_value value,
                             const char *which, int index)
{
    const plm_shape *s = plm_graph_shape(&c->m->graph, value);
    int64_t all = 0;
    char want[160];
    plm_text got = {.w = c->m->w};
    if (v != NULL && v->data != NULL && is_shaped(v, &all) &&
        all / v->dims[0] == s->lines * s->width)
        return PLM_OK;
    plm_shape_print(s, want, sizeof want);
    describe_given(v, &got);
    const plm_status status = plm_fail(
        c->m->w, PLM_E_SHAPE, c->caller,
        "n is the number of rows, 1 or more; see plm_model_inputs and plm_model_outputs",
        "%s %d must be an array of shape %s, not %s", which, index, want, plm_text_get(&got));
    plm_text_free(&got);
    return status;
}

/* True if the call takes one input, but the model needs several. */
static bool takes_one(const plm_prediction *c)
{
    return c->m->inputs > 1 && c->inputs == 1 && !strstr(c->caller, "several") &&
           !strstr(c->caller, "with_error");
}

/* Checks the number, shapes, types and rows of the inputs. The first axis is the rows; the other
 * axes must be those of the model. Sets c->rows. */
plm_status plm_prediction_check_inputs(plm_prediction *c)
{
    if (c->inputs != c->m->inputs)
        return plm_fail(c->m->w, takes_one(c) ? PLM_E_UNSUPPORTED : PLM_E_SHAPE, c->caller,
                        takes_one(c)       ? "give all inputs, by plm_predict_several"
                        : c->m->inputs > 1 ? "give all inputs, in the order of plm_model_inputs"
                                           : "give one input",
                        "the model has %d input%s, but %d %s given", c->m->inputs,
                        c->m->inputs == 1 ? "" : "s", c->inputs, c->inputs == 1 ? "is" : "are");
    for (int i = 0; i < c->inputs; i++) {
        PLM_TRY(check_view(c, c->x != NULL ? &c->x[i] : NULL, c->m->input[i], "input", i));
        if (!plm_element_is(c->x[i].dtype))
            return plm_fail(c->m->w, PLM_E_UNSUPPORTED, c->caller, "convert the input to float32",
                            "input %d has an unknown dtype", i);
        if (c->x[i].dims[0] != c->x[0].dims[0])
            return plm_fail(c->m->w, PLM_E_SHAPE, c->caller,
                            "give every input the same number of rows",
                            "input 0 has %lld rows, but input %d has %lld",
                            (long long)c->x[0].dims[0], i, (long long)c->x[i].dims[0]);
    }
    c->rows = c->x[0].dims[0];
    return PLM_OK;
}

/* Checks the number, shapes, types and rows of the arrays y [outputs] for the results. y
 * [c->outputs]: memory of the caller. There may be fewer outputs than the model has. */
plm_status plm_prediction_check_outputs(const plm_prediction *c, const plm_view *y)
{
    if (c->outputs < 1 || c->outputs > c->m->heads)
        return plm_fail(c->m->w, PLM_E_SHAPE, c->caller,
                        "give memory for one or more outputs, in their order",
                        "%d outputs were requested, but the model has %d", c->outputs, c->m->heads);
    for (int k = 0; k < c->outputs; k++) {
        PLM_TRY(check_view(c, y != NULL ? &y[k] : NULL, c->m->head[k].prediction, "output", k));
        if (y[k].dtype != PLM_F32)
            return plm_fail(c->m->w, PLM_E_UNSUPPORTED, c->caller,
                            "give an array of float32 for each output", "output %d must be float32",
                            k);
        if (y[k].dims[0] != c->rows)
            return plm_fail(c->m->w, PLM_E_SHAPE, c->caller,
                            "give the output one row for each row of the inputs",
                            "the inputs have %lld rows, but output %d has %lld", (long long)c->rows,
                            k, (long long)y[k].dims[0]);
    }
    return PLM_OK;
}
