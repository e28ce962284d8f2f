/* Chooses the layers that are pretrained: hidden dense layers, each with the layers that follow
 * it. */
#include "study/pretrain_layers.h"

#include <string.h>

#include "base/names.h"

/* True for a dense layer. */
static bool is_dense(const plm_layer *l)
{
    return !l->is_input && strcmp(l->kind->kind.name, "dense") == 0;
}

/* Returns the number of layers that take the output of layer i. *reader = the last of them. */
static int readers(const plm_model *m, size_t i, size_t *reader)
{
    int count = 0;
    for (size_t k = i + 1; k < m->layers; k++)
        for (int j = 0; j < m->layer[k].inputs; j++)
            if (m->layer[k].input[j] == (int)i) {
                *reader = k;
                count++;
            }
    return count;
}

/* True if layer i is an output of the model. */
static bool is_output(const plm_model *m, size_t i)
{
    for (int k = 0; k < m->outputs; k++)
        if (m->output[k] == (int)i)
            return true;
    return m->outputs == 0 && i + 1 == m->layers;
}

/* Returns the number of the last layer that belongs to layer i. The search goes from layer to layer
 * as long as a layer has a single reader, which is the next layer and is not dense. The last layer
 * may be an activation, or a normalization after the dense layer. */
size_t plm_pretrain_last_of(const plm_model *m, size_t i)
{
    size_t next = i;
    while (!is_output(m, i) && readers(m, i, &next) == 1 && next == i + 1 &&
           m->layer[next].inputs == 1 && !is_dense(&m->layer[next]) &&
           strcmp(m->layer[next].kind->kind.name, "dense_transpose") != 0)
        i = next;
    return i;
}

/* True if layer i is to be pretrained: a hidden dense layer whose name matches. The output of the
 * net is not pretrained, since it is trained with targets. */
bool plm_pretrain_is_wanted(const plm_model *m, const char *patterns, size_t i)
{
    const plm_layer *l = &m->layer[i];
    return is_dense(l) && !is_output(m, plm_pretrain_last_of(m, i)) &&
           plm_pattern_matches(patterns, l->name);
}

/* Counts the layers that are pretrained. patterns: patterns of layer names, as in
 * plm_model_set_trainable. */
int plm_pretrain_count(const plm_model *m, const char *patterns)
{
    int count = 0;
    for (size_t i = 0; i < m->layers; i++)
        count += plm_pretrain_is_wanted(m, patterns, i);
    return count;
}
