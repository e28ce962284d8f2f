/* Makes and frees models, and keeps the list of their layers, inputs and outputs as the user gives
 * them. This file computes nothing; build.c makes the graph.
 *
 * An error in plm_add or plm_input is kept in the model (m->fault) and returned by the next call
 * that gives a status. So a program can add many layers in a row and check once. */
#include "model/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/letters.h"
#include "base/names.h"
#include "nn/layer/input.h"

/* Makes an empty model. The runtime counts it as a user and stays open until the model is freed.
 * NULL = no memory or no lock, with the error recorded. */
plm_model *plm_model_new(plm *w)
{
    if (w == NULL)
        return NULL;
    plm_model *m = plm_allocate(w, sizeof *m);
    if (m == NULL)
        return NULL;
    if (!plm_lock_open(&m->predicting)) {
        plm_release(w, m);
        (void)plm_fail_memory(w, "plm_model_new");
        return NULL;
    }
    m->w = w;
    m->arena.w = w;
    m->epochs.w = w;
    m->built.w = w;
    m->layer_of.arena = m->next_free.arena = &m->arena;
    m->fault = w->fault;
    plm_model_new_tag(m);
    plm_runtime_join(w);
    for (int i = 0; i < PLM_SETTINGS; i++)
        m->setting[i] = "";
    return m;
}

/* Frees the model and what it owns. If a call is running on the model, that call frees it when it
 * ends. At the very end the runtime loses a user, which may close it. */
void plm_model_free(plm_model *m)
{
    if (m == NULL || m->borrowed)
        return;
    /* a callback called plm_model_free, so the model is freed when the running call ends */
    if (m->running != NULL) {
        m->free_wanted = true;
        return;
    }
    plm *w = m->w;
    plm_model_unbuild(m);
    plm_parameters_free(m);
    plm_epochs_cut(&m->epochs, 0);
    plm_release(m->w, m->summary);
    plm_release(m->w, m->ones);
    plm_arena_free(&m->arena);
    plm_lock_close(&m->predicting);
    plm_release(w, m);
    plm_runtime_leave(w);
}

/* Ends the running call and returns its status. If a callback called plm_model_free during the
 * call, the model is freed now. */
plm_status plm_model_end(plm_model *m, plm_status status)
{
    m->running = NULL;
    if (m->free_wanted)
        plm_model_free(m);
    return status;
}

/* Stores an error in the model if it has none yet, since the first error causes the later ones. */
plm_value plm_model_fail_layer(plm_model *m, plm_status status)
{
    if (m->fault >= 0) {
        m->fault = status;
        plm_model_keep_error(m, &m->kept_fault, status);
    }
    return (plm_value){0};
}

/* Adds the layer, such as "layer 3 (dense)", to the last error as its place, unless the error names
 * a layer already. */
plm_status plm_model_fail_in_layer(const plm_model *m, size_t layer, plm_status status)
{
    const char *place = m->layer[layer].where;
    plm_fail_in_layer(m->w, layer, place != NULL ? place : "layer");
    return status;
}

/* Checks a new name: first its characters, then whether another layer has it. */
plm_status plm_model_check_name(const plm_model *m, const char *where, const char *name)
{
    if (!plm_is_printable(name))
        return plm_fail(m->w, PLM_E_SPEC, where, "use letters, digits and other visible characters",
                        "the name '%s' has invisible characters", name);
    if (plm_model_name_taken(m, name))
        return plm_fail(m->w, PLM_E_SPEC, where, "give each layer its own name",
                        "the name '%s' is taken", name);
    return PLM_OK;
}

/* ---- layers ---- */

/* Makes sure that the list can hold one more layer, and sets that layer to its defaults. */
plm_layer *plm_model_layer_new(plm_model *m)
{
    plm_layer *grown =
        plm_arena_grow(&m->arena, m->layer, m->layers, &m->layer_capacity, sizeof *m->layer);
    if (grown == NULL)
        return NULL;
    m->layer = grown;
    m->layer[m->layers] = (plm_layer){.trainable = true, .learning_rate_factor = 1};
    return &m->layer[m->layers];
}

/* Stores the name of the new layer in the index of names, and counts the layer. The model must then
 * be compiled again. */
plm_value plm_model_layer_done(plm_model *m)
{
    const plm_status status = plm_model_keep_name(m, m->layers);
    if (status < 0)
        return plm_model_fail_layer(m, status);
    m->layers++;
    m->compiled = false;
    return plm_model_value(m, m->layers - 1);
}

/* Checks that the rank of an input is from 0 to PLM_RANK, and that there are dims unless it is
 * 0. */
static plm_status check_rank(plm_model *m, int rank, const int64_t *dims)
{
    if (rank < 0 || rank > PLM_RANK)
        return plm_fail(m->w, PLM_E_SHAPE, NULL, "use at most 8 axes", "the input has %d axes",
                        rank);
    return dims != NULL || rank == 0
               ? PLM_OK
               : plm_fail(m->w, PLM_E_ORDER, NULL, "give the length of each axis",
                          "the input has %d axes and dims is NULL", rank);
}

/* Checks that every axis has a length, and that a row of this shape is not too large. */
plm_status plm_model_input_shape_of(plm_model *m, plm_layer *l, int rank, const int64_t *dims)
{
    PLM_TRY(check_rank(m, rank, dims));
    for (int i = 0; i < rank; i++)
        if (dims[i] < 1)
            return plm_fail(m->w, PLM_E_SHAPE, NULL, "give each axis a length of 1 or more",
                            "axis %d of the input has length %lld", i, (long long)dims[i]);
    l->shape = plm_shape_of(rank, dims);
    if (!plm_shape_fits(&l->shape))
        return plm_fail(m->w, PLM_E_SHAPE, NULL, "use shorter axes",
                        "the input's shape is too large");
    l->is_input = true;
    return PLM_OK;
}

/* Id 0 = there is no such layer. */
plm_value plm_find(const plm_model *m, const char *name)
{
    const size_t at = m != NULL && name != NULL ? plm_index_find(&m->layer_of, name) : SIZE_MAX;
    return at != SIZE_MAX ? plm_model_value(m, at) : (plm_value){0};
}

/* Sets what an input layer needs besides its shape: the spec, such as "input(28, 28)", the name,
 * and the place for messages. name == NULL: a free name. */
static plm_status describe_input(plm_model *m, plm_layer *l, const char *name, int rank,
                                 const int64_t *dims)
{
    plm_text text = {.w = m->w};
    l->where = plm_arena_format(&m->arena, "layer %zu, input", m->layers);
    if (name != NULL)
        PLM_TRY(plm_model_check_name(m, NULL, name));
    PLM_TRY(check_rank(m, rank, dims));
    for (int i = 0; i < rank; i++)
        plm_text_format(&text, "%s%lld", i > 0 ? ", " : "", (long long)dims[i]);
    if (!text.failed) /* if there was no memory for the whole text, the spec would lack its shape */
        l->text = plm_arena_format(&m->arena, "input(%s)", plm_text_get(&text));
    plm_text_free(&text);
    l->name =
        name != NULL ? plm_arena_text(&m->arena, name, SIZE_MAX) : plm_model_free_name(m, "input");
    return l->where != NULL && l->text != NULL && l->name != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Adds an input layer, as the spec input(...) does. */
plm_value plm_input(plm_model *m, const char *name, int rank, const int64_t *dims)
{
    if (m == NULL || m->fault < 0 || plm_model_idle(m, "plm_input") < 0)
        return (plm_value){0};
    plm_layer *l = plm_model_layer_new(m);
    plm_status status = l != NULL ? describe_input(m, l, name, rank, dims) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_model_input_shape_of(m, l, rank, dims);
    if (status >= 0)
        return plm_model_layer_done(m);
    return plm_model_fail_layer(m,
                                l != NULL ? plm_model_fail_in_layer(m, m->layers, status) : status);
}

/* Declares an output. This function returns no status, so a value of another model, or a fifth
 * output, becomes the error that the model keeps. */
void plm_output(plm_model *m, plm_value y)
{
    size_t layer = 0;
    if (m == NULL || m->fault < 0 || plm_model_idle(m, "plm_output") < 0)
        return;
    /* a value of another model, or of a removed layer, is an error */
    if (!plm_model_layer_of(m, y, &layer) || m->outputs >= PLM_TARGETS) {
        plm_model_fail_layer(
            m, plm_fail(m->w, PLM_E_ORDER, "plm_output",
                        "declare at most 4 outputs, each a value of this model",
                        "the output is not a value of this model, or it is the fifth output"));
        return;
    }
    m->output[m->outputs++] = (int)layer;
    m->compiled = false;
}

/* Returns a setting of the model as text: NULL for an unknown key, "" if there is no model. */
const char *plm_model_setting(const plm_model *m, const char *key)
{
    if (m == NULL || key == NULL)
        return m == NULL ? "" : NULL;
    for (int i = 0; i < PLM_SETTINGS; i++)
        if (strcmp(key, plm_settings[i].key) == 0)
            return m->setting[i];
    return NULL;
}
