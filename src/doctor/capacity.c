/* Looks for layers that pass too few numbers on, and for nets without a hidden layer. The findings
 * underfitting (O402), rate_too_low (S306) and saturated_units (G104) use it. */
#include "doctor/capacity.h"

#include <string.h>

#include "doctor/ladder.h"

/* Returns the number of columns of a value: the length of its last axis. */
static int64_t width_of(const plm_case *c, plm_value v)
{
    return plm_graph_shape(&c->model->graph, v)->width;
}

int64_t plm_case_units(const plm_case *c, int64_t layer)
{
    return width_of(c, c->spot[layer].a);
}

/* True if a layer is a dense one that is not the output. */
static bool is_hidden_dense(const plm_case *c, int64_t i)
{
    return plm_case_layer_is(c, i, "dense") && c->spot[i].depth > 0;
}

/* Returns the width of the widest layer that comes after the layer `at` and is not the output; 0 =
 * none. */
static int64_t widest_above(const plm_case *c, int64_t at)
{
    int64_t widest = 0;
    for (int64_t i = at + 1; i < c->layers; i++)
        if (plm_case_layer_is(c, i, "dense")) {
            const int64_t width = plm_case_units(c, i);
            widest = width > widest ? width : widest;
        }
    return widest;
}

/* Finds a layer of one unit. It can only pass on one number, so wide layers after it have little
 * information. Usually it is an output layer that was left in the middle of a net. */
int64_t plm_case_narrow(const plm_case *c)
{
    for (int64_t i = 0; c->model != NULL && c->spot != NULL && i < c->layers; i++) {
        const plm_layer *l = &c->model->layer[c->spot[i].layer];
        if (is_hidden_dense(c, i) && plm_case_units(c, i) == 1 &&
            width_of(c, c->model->value[l->input[0]]) > 1 && widest_above(c, i) > 2)
            return i;
    }
    return -1;
}

/* Returns how many numbers the net tells apart: its classes, or the width of its only output. */
static int64_t wanted(const plm_case *c)
{
    if (c->data->classes > 0)
        return c->data->classes;
    return c->model->heads == 1 ? width_of(c, c->model->head[0].prediction) : 1;
}

int64_t plm_case_tight(const plm_case *c)
{
    enum { FEW = 3 };
    if (c->model == NULL || c->spot == NULL || c->data == NULL)
        return -1;
    const int64_t narrow = plm_case_narrow(c), needs = wanted(c);
    for (int64_t i = 0; narrow < 0 && i < c->layers; i++) {
        const int64_t units = plm_case_units(c, i);
        if (is_hidden_dense(c, i) && units <= FEW && 2 * units < needs)
            return i;
    }
    return narrow;
}

bool plm_case_is_linear(const plm_case *c)
{
    int64_t dense = 0;
    for (int64_t i = 0; c->model != NULL && c->spot != NULL && i < c->layers; i++) {
        if (plm_case_layer_is(c, i, "dense"))
            dense++;
        else if (!plm_case_layer_is(c, i,
                                    "normalization|batch_normalization|rescaling|flatten|reshape|"
                                    "identity") &&
                 !(i + 1 == c->layers && plm_case_layer_is(c, i, "softmax|sigmoid")))
            return false;
    }
    return dense == 1 && c->model->heads == 1;
}

/* A net that only adds up what the embeddings say, without a hidden layer, needs no more than one
 * number for each code. */
int64_t plm_case_single_vector(const plm_case *c)
{
    static const double codes = 6;
    for (int64_t i = 0; c->model != NULL && c->spot != NULL && i < c->layers; i++) {
        if (!plm_case_layer_is(c, i, "embedding") || plm_case_units(c, i) != 1 ||
            !(plm_case_argument(c, i, "input_dim") >= codes))
            continue;
        for (int64_t k = i + 1; k < c->layers; k++)
            if (is_hidden_dense(c, k) && plm_case_units(c, k) > 1)
                return i;
    }
    return -1;
}
