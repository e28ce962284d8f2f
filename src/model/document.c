/* Describes a model as a document, which a file format can write. train/load.c does the reverse: it
 * builds and compiles a model from a document. */
#include "model/document.h"

#include <string.h>

#include "model/model.h"

/* Frees everything in a document. The document is then empty and may be filled again. */
void plm_document_free(plm_document *d)
{
    plm_arena_free(&d->arena);
    *d = (plm_document){.arena = {.w = d->arena.w}};
}

/* ---- model to document ---- */

/* Copies a layer into the document. The layers that it takes as inputs are in the document
 * already. */
static plm_status describe_layer(const plm_layer *l, plm_document *d, plm_document_layer *out)
{
    const char **input = plm_arena_array(&d->arena, (size_t)l->inputs + 1, sizeof *input);
    *out = (plm_document_layer){.name = plm_arena_text(&d->arena, l->name, SIZE_MAX),
                                .spec = plm_arena_text(&d->arena, l->text, SIZE_MAX),
                                .inputs = l->inputs,
                                .input = input};
    if (input == NULL || out->name == NULL || out->spec == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < l->inputs; i++)
        input[i] = d->layer[l->input[i]].name; /* earlier layers, so they have names */
    return PLM_OK;
}

/* Copies the layers, the names of the outputs and the settings into the document. */
static plm_status describe_words(const plm_model *m, plm_document *d)
{
    d->layer = plm_arena_array(&d->arena, m->layers, sizeof *d->layer);
    d->output = plm_arena_array(&d->arena, (size_t)m->outputs + 1, sizeof *d->output);
    if (d->layer == NULL || d->output == NULL)
        return PLM_E_MEMORY;
    for (; d->layers < m->layers; d->layers++)
        PLM_TRY(describe_layer(&m->layer[d->layers], d, &d->layer[d->layers]));
    for (int i = 0; i < m->outputs; i++)
        d->output[d->outputs++] = d->layer[m->output[i]].name;
    for (int i = 0; i < PLM_SETTINGS; i++) {
        d->setting[i] = plm_arena_text(&d->arena, m->setting[i], SIZE_MAX);
        if (d->setting[i] == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Copies a parameter into the document: row-major and without padding, whatever its layout in the
 * model's parameter vector is. */
static plm_status describe_weight(const plm_model *m, const plm_weight *weight, plm_document *d,
                                  plm_document_tensor *out)
{
    plm_real *values = plm_arena_array(&d->arena, weight->count, sizeof *values);
    *out = (plm_document_tensor){.name = plm_arena_text(&d->arena, weight->name, SIZE_MAX),
                                 .rank = weight->rank,
                                 .dtype = sizeof(plm_real) == sizeof(double) ? PLM_F64 : PLM_F32,
                                 .data = values,
                                 .bytes = weight->count * sizeof *values};
    if (out->name == NULL || values == NULL)
        return PLM_E_MEMORY;
    memcpy(out->dims, weight->dims, sizeof out->dims);
    plm_weight_read(weight, m->vector.p, values);
    return PLM_OK;
}

/* Copies layers, settings and parameters, so that the document stays valid when the model changes
 * or is freed. */
plm_status plm_document_from_model(const plm_model *m, plm_document *d)
{
    PLM_TRY(plm_model_ready(m));
    *d = (plm_document){.arena = {.w = m->w}};
    PLM_TRY(describe_words(m, d));
    d->tensor = plm_arena_array(&d->arena, m->graph.weights + 1, sizeof *d->tensor);
    if (d->tensor == NULL)
        return PLM_E_MEMORY;
    for (; d->tensors < m->graph.weights; d->tensors++)
        PLM_TRY(describe_weight(m, &m->graph.weight[d->tensors], d, &d->tensor[d->tensors]));
    return PLM_OK;
}
