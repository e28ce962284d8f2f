/* Replaces each id 0 .. input_dim - 1 by a learned vector of output_dim numbers. The result equals
 * that of one_hot followed by a dense layer without bias, but costs only a copy. */
#include "nn/nn.h"

typedef struct {
    int64_t input_dim, output_dim; /* number of ids; length of a vector */
    /* of the table */
    const plm_spec *embeddings_initializer, *embeddings_regularizer, *embeddings_constraint;
    bool mask_zero; /* must be false: masks are for recurrent layers, which do not exist here */
} embedding;

static const plm_field fields[] = {
    PLM_FIELD(embedding, input_dim, PLM_INT, NULL, 1, 1e9, "number of ids: they are 0 .. n - 1"),
    PLM_FIELD(embedding, output_dim, PLM_INT, NULL, 1, 1e6, "length of the vector of an id"),
    PLM_FIELD_OF(embedding, embeddings_initializer, PLM_SPEC, "random_uniform", "initializer",
                 "initializer of the vectors"),
    PLM_FIELD_OF(embedding, embeddings_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on the vectors"),
    PLM_FIELD_OF(embedding, embeddings_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on the vectors"),
    PLM_FIELD(embedding, mask_zero, PLM_BOOL, "false", 0, 0,
              "must be false: masks are for recurrent layers, which plummet does not have"),
    {0}};

/* Emits op embed on (x, embeddings). */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const embedding *c = config;
    (void)count;
    if (c->mask_zero)
        return plm_layer_fail(b, PLM_E_UNSUPPORTED,
                              "leave out mask_zero; id 0 is treated like any other id",
                              "mask_zero is for recurrent layers");
    const plm_weight_request table = {.name = "embeddings",
                                      .initializer = c->embeddings_initializer,
                                      .regularizer = c->embeddings_regularizer,
                                      .constraint = c->embeddings_constraint,
                                      .rank = 2,
                                      .dims = {c->input_dim, c->output_dim}};
    const plm_value in[2] = {x[0], plm_weight_new(b, &table)};
    return plm_emit(b, 2, in, "embed");
}

const plm_layer_kind plm_layer_embedding = {
    .kind = {.name = "embedding",
             .alias = "Embedding",
             .help = "a learned vector for each id, 0 .. input_dim - 1",
             .formula = "y[.., :] = embeddings[x[..], :]",
             .notes =
                 "Use it for columns of many words or codes, in place of one_hot and a dense "
                 "layer. The output has one more axis: put flatten after it. Ids outside of the "
                 "table are an error. The vectors of ids that are not in a batch get no gradient, "
                 "but adaptive optimizers and momentum still change them, as in Keras.",
             .source =
                 "Bengio, Ducharme, Vincent and Jauvin, A neural probabilistic language model, "
                 "JMLR 2003",
             .config_size = sizeof(embedding),
             .fields = fields,
             .examples =
                 PLM_LIST("discretization([-1, 0, 1], name=low) | embedding(4, 3) <- [5]",
                          "discretization([0], name=low) | embedding(2, 17) <- [3, 2]",
                          "discretization([-0.5, 0.5], name=low) | embedding(700, 6) <- [1]")},
    .emit = emit,
};
