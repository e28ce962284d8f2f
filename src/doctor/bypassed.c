/* Inputs that go past the layers that scale them: a net may normalize its inputs at the beginning,
 * and join them later as they are to what the layers have made. */
#include "doctor/bypassed.h"

#include <string.h>

/* Layers that pass the numbers of their inputs on as they are. */
#define PASSES                                                                                     \
    "identity|concatenate|flatten|reshape|permute|repeat_vector|*dropout|activity_regularization|" \
    "cropping*|zero_padding*"

/* Returns the spot of a layer of the model; -1 = it is an input. */
static int64_t spot_of(const plm_case *c, int layer)
{
    for (int64_t i = 0; i < c->layers; i++)
        if (c->spot[i].layer == (size_t)layer)
            return i;
    return -1;
}

/* True if a layer reads a value that is an input, or one of the layers passes[c->layers]. */
static bool reads_raw(const plm_case *c, int64_t k, const bool *passes)
{
    const plm_layer *l = &c->model->layer[c->spot[k].layer];
    for (int n = 0; n < l->inputs; n++) {
        const int64_t from = spot_of(c, l->input[n]);
        if (from < 0 || passes[from])
            return true;
    }
    return false;
}

int64_t plm_case_reads_raw(const plm_case *c)
{
    int inputs = 0;
    if (c->model == NULL || c->spot == NULL)
        return -1;
    for (size_t i = 0; i < c->model->layers; i++)
        inputs += c->model->layer[i].is_input;
    bool *passes = plm_arena_array(c->arena, (size_t)c->layers + 1, sizeof *passes);
    for (int64_t k = 0; inputs == 1 && passes != NULL && k < c->layers; k++) {
        if (!reads_raw(c, k, passes))
            continue;
        if (plm_case_layer_is(c, k, "dense*"))
            return k;
        passes[k] = plm_case_layer_is(c, k, PASSES);
    }
    return -1;
}

int64_t plm_case_divides_rows(const plm_case *c)
{
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < PLM_FIRST_LAYERS; i++) {
        if (plm_case_layer_is(c, i, PLM_BY_ROW))
            return i;
        if (plm_case_layer_is(c, i, "dense*"))
            return -1;
    }
    return -1;
}

bool plm_case_normalizes_behind(const plm_case *c)
{
    for (int64_t i = 0; c->spot != NULL && i + 1 < c->layers; i++)
        if (plm_case_layer_is(c, i, "dense"))
            return strstr(c->model->layer[c->spot[i].layer].text, "activation") == NULL &&
                   plm_case_layer_is(c, i + 1, "*normalization");
    return false;
}
