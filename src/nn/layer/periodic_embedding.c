/* Turns each number into several numbers: waves with learned frequencies and phases, which a small
 * linear map for each column mixes, and the number itself. A dense layer is linear in its inputs.
 * After this layer it can model a function of a number that changes within every period, as trees
 * can split anywhere. */
#include <string.h>

#include "nn/nn.h"

typedef struct {
    int64_t output_dim, frequencies; /* outputs and waves of each number */
    bool append_input;               /* one of the outputs is the number itself */
    plm_reals columns;               /* the columns that are embedded; none = all */
    const plm_spec *activation, *frequency_initializer, *phase_initializer; /* of the waves */
    const plm_spec *kernel_initializer, *bias_initializer;                  /* of the maps */
} periodic_embedding;

static const plm_field fields[] = {
    PLM_FIELD(periodic_embedding, output_dim, PLM_INT, "4", 2, 1e6,
              "number of outputs for each input number, including the number itself"),
    PLM_FIELD(periodic_embedding, frequencies, PLM_INT, "16", 1, 1e6,
              "number of waves of each input number"),
    PLM_FIELD(periodic_embedding, append_input, PLM_BOOL, "true", 0, 0,
              "true = the last of the outputs is the input number"),
    PLM_FIELD(periodic_embedding, columns, PLM_REALS, "", 0, 1e9,
              "columns of the last axis that are embedded, counted from 0; the others are appended "
              "unchanged; none = all columns are embedded"),
    PLM_FIELD_OF(periodic_embedding, activation, PLM_SPEC, "linear", "activation",
                 "activation of the mixed waves"),
    PLM_FIELD_OF(periodic_embedding, frequency_initializer, PLM_SPEC, "random_normal(stddev=0.1)",
                 "initializer", "initial values of the frequencies; their size matters most"),
    PLM_FIELD_OF(periodic_embedding, phase_initializer, PLM_SPEC,
                 "random_uniform(-3.141592653589793, 3.141592653589793)", "initializer",
                 "initial values of the phases"),
    PLM_FIELD_OF(periodic_embedding, kernel_initializer, PLM_SPEC, "random_uniform(-0.25, 0.25)",
                 "initializer", "initial values of the kernels that mix the waves"),
    PLM_FIELD_OF(periodic_embedding, bias_initializer, PLM_SPEC, "random_uniform(-0.25, 0.25)",
                 "initializer", "initial values of the biases of the mixed waves"),
    {0}};

/* Makes a parameter [columns, middle, last]; if middle is 0, [columns, last]. */
static plm_value parameter(plm_builder *b, const char *name, const plm_spec *initializer,
                           int64_t columns, int64_t middle, int64_t last)
{
    plm_weight_request r = {.name = name,
                            .initializer = initializer,
                            .rank = middle > 0 ? 3 : 2,
                            .dims = {columns, middle > 0 ? middle : last, last}};
    return plm_weight_new(b, &r);
}

/* Emits a repack of x. Its new axes are those of `like` except the last one, then one of length
 * `last`. */
static plm_value repack(plm_builder *b, plm_value x, plm_value like, int64_t last)
{
    plm_text dims = {.w = b->graph->w};
    for (int i = 0; i + 1 < plm_rank(b, like); i++)
        plm_text_format(&dims, "%lld, ", (long long)plm_dim(b, like, i));
    plm_text_format(&dims, "%lld", (long long)last);
    plm_require_text(b, &dims);
    const plm_value y = plm_emit(b, 1, &x, "repack(dims=[%s])", plm_text_get(&dims));
    plm_text_free(&dims);
    return y;
}

/* Emits the embedding of all columns of x: the waves (grouped_dense of single columns, then cos),
 * their mix (grouped_dense and the activation), and the input behind each (append_input, which also
 * joins the last two axes, else a repack). Shapes of a row, with w columns, f frequencies and o
 * outputs per column: x [.., w], waves [.., w, f], mix [.., w, o], result [.., w o]. The phase is a
 * bias of grouped_dense, so it is not multiplied by its gain of 2 pi. */
static plm_value embed(plm_builder *b, const periodic_embedding *c, plm_value x, int64_t width)
{
    const int64_t mixed = c->output_dim - (c->append_input ? 1 : 0);
    const plm_value angle[3] = {
        x, parameter(b, "frequency", c->frequency_initializer, width, 0, c->frequencies),
        parameter(b, "phase", c->phase_initializer, width, 0, c->frequencies)};
    const plm_value angles =
        plm_emit(b, 3, angle, "grouped_dense(columns=true, gain=6.283185307179586)");
    const plm_value mix[3] = {
        plm_emit(b, 1, &angles, "activation(function=cos)"),
        parameter(b, "kernel", c->kernel_initializer, width, c->frequencies, mixed),
        parameter(b, "bias", c->bias_initializer, width, 0, mixed)};
    const plm_value linear = plm_emit(b, 3, mix, "grouped_dense");
    const char *function = plm_activation_text(b, c->activation);
    const plm_value bent = strcmp(function, "linear") == 0
                               ? linear
                               : plm_emit(b, 1, &linear, "activation(function=%s)", function);
    const plm_value both[2] = {bent, x};
    return c->append_input ? plm_emit(b, 2, both, "append_input")
                           : repack(b, bent, x, width * plm_dim(b, bent, plm_rank(b, bent) - 1));
}

/* Emits op take_columns with the columns that are embedded or, if `rest`, with all others. */
static plm_value take(plm_builder *b, const periodic_embedding *c, plm_value x, bool rest)
{
    plm_text list = {.w = b->graph->w};
    for (int i = 0; i < c->columns.count; i++)
        plm_text_format(&list, "%s%.17g", i > 0 ? ", " : "", c->columns.at[i]);
    plm_require_text(b, &list);
    const plm_value y = plm_emit(b, 1, &x, "take_columns(columns=[%s], rest=%s)",
                                 plm_text_get(&list), rest ? "true" : "false");
    plm_text_free(&list);
    return y;
}

/* Emits the embedding of all columns, or that of some columns followed by the others. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const periodic_embedding *c = config;
    const int64_t some = c->columns.count;
    int64_t width = 0;
    (void)count;
    const plm_value x = plm_columns(b, given[0], &width);
    if (some == 0)
        return embed(b, c, x, width);
    const plm_value embedded = embed(b, c, take(b, c, x, false), some);
    if (some >= width)
        return embedded;
    const plm_value both[2] = {plm_last_axis(b, embedded), take(b, c, x, true)};
    return plm_emit(b, 2, both, "join_columns");
}

const plm_layer_kind plm_layer_periodic_embedding = {
    .kind = {.name = "periodic_embedding",
             .help = "turns each number into several: mixed waves of learned frequencies, and the "
                     "number itself",
             .formula =
                 "y = (activation(cos(2 pi x frequency + phase) kernel + bias), x), each column "
                 "with its own parameters",
             .notes = "Use it for the numbers of a table, after normalization(method=robust) and "
                      "smooth_clip. A net then learns functions that change quickly, such as "
                      "prices over longitude. The last axis becomes output_dim times as long; with "
                      "`columns`, only the chosen columns do, and the others follow them. This is "
                      " the PBLD embedding of RealMLP, which trains it with "
                      "learning_rate_factor=0.1. Larger frequencies give rougher functions: try a "
                      "stddev from 0.01 to 1. Keras has no such layer.",
             .source =
                 "Gorishniy, Rubachev and Babenko, On embeddings for numerical features in "
                 "tabular deep learning, NeurIPS 2022; Holzmueller, Grinsztajn and Steinwart, "
                 "Better by default, NeurIPS 2024",
             .config_size = sizeof(periodic_embedding),
             .fields = fields,
             .examples =
                 PLM_LIST("periodic_embedding() <- [5]",
                          "periodic_embedding(6, frequencies=5, append_input=false) <- [3, 4]",
                          "periodic_embedding(output_dim=18, activation=tanh) <- [2]",
                          "periodic_embedding(3, frequencies=4, columns=[3, 1]) <- [5]",
                          "periodic_embedding(columns=[0]) <- [2, 3]")},
    .emit = emit,
};
