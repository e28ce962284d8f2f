/* Wraps a layer so that the largest singular value of its kernel is 1, by giving it the constraint
 * spectral_norm. The name is that of Keras's wrapper.
 *
 * Keras divides the kernel in every training step; so does the constraint, which is why the wrapper
 * needs no op of its own. */
#include <string.h>

#include "base/fields.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *layer;    /* the wrapped layer with its arguments */
    int64_t power_iterations; /* passed on to the constraint */
} spectral_normalization;

static const plm_field fields[] = {
    PLM_FIELD_OF(spectral_normalization, layer, PLM_VALUE, NULL, NULL,
                 "the layer to wrap, such as dense(10) or embedding(100, 8)"),
    PLM_FIELD(spectral_normalization, power_iterations, PLM_INT, "1", 1, 1e6,
              "rounds of the power iteration for each update"),
    {0}};

/* Returns the key of the wrapped layer for a constraint on its matrix; NULL = it has no matrix. */
static const char *key_of(plm_builder *b, const plm_spec *layer)
{
    static const char *const keys[] = {"kernel_constraint", "embeddings_constraint"};
    const plm_kind *kind =
        layer->type == PLM_SPEC_NAME ? plm_kind_find(b->graph->w, "layer", layer->text) : NULL;
    for (const plm_field *f = kind != NULL ? kind->fields : NULL; f != NULL && f->name; f++)
        for (int i = 0; i < 2; i++)
            if (strcmp(f->name, keys[i]) == 0)
                return keys[i];
    return NULL;
}

/* True if the spec gives a value for the key. */
static bool gives(const plm_spec *s, const char *key)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key != NULL && strcmp(s->argument[i].key, key) == 0)
            return true;
    return false;
}

/* Makes the builder fail with the error of the last call. Returns the value of a failed call. */
static plm_value pass_on(plm_builder *b)
{
    b->status = plm_last_error(b->graph->w)->status;
    return (plm_value){0};
}

/* Emits the ops of the layer, with the constraint added to its arguments. The wrapped layer gets
 * one more argument and is then emitted as if the user had written it, so the graph does not show
 * the wrapper. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const spectral_normalization *c = config;
    plm_arena *a = b->graph->arena;
    plm_layer_common common = {0};
    const plm_spec *constraint = NULL;
    const plm_kind *kind = NULL;
    const void *inner = NULL;
    const char *key = key_of(b, c->layer);
    if (key == NULL || gives(c->layer, key))
        return plm_layer_fail(b, PLM_E_SPEC, "spectral_normalization(dense(10))",
                              key == NULL ? "wrap a layer with a kernel: dense or embedding"
                                          : "the wrapped layer already has a constraint");
    const char *text = plm_arena_format(a, "spectral_norm(%lld)", (long long)c->power_iterations);
    if (text == NULL || plm_spec_parse(a, text, &constraint) < 0)
        return pass_on(b);
    const plm_spec *layer = plm_spec_with(a, c->layer, key, constraint);
    if (layer == NULL || plm_kind_bind_common(a, "layer", layer, &kind, &inner, &common) < 0)
        return pass_on(b);
    return ((const plm_layer_kind *)(const void *)kind)->emit(b, inner, count, x);
}

const plm_layer_kind plm_layer_spectral_normalization = {
    .kind = {.name = "spectral_normalization",
             .alias = "SpectralNormalization",
             .help = "a layer whose kernel is divided by its largest singular value",
             .formula = "y = activation(x w / sigma + bias)",
             .notes = "It does the same as the constraint spectral_norm of the layer; `plummet "
                      "describe constraint spectral_norm` says more. As in Keras, the kernel "
                      "itself is divided, only in training.",
             .source = "Miyato et al., Spectral normalization for generative adversarial networks, "
                       "ICLR 2018",
             .config_size = sizeof(spectral_normalization),
             .fields = fields,
             .examples = PLM_LIST("spectral_normalization(dense(3)) <- [5]",
                                  "spectral_normalization(dense(19, activation=tanh), "
                                  "power_iterations=3) <- [4]")},
    .emit = emit,
};
