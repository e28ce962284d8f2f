/* Replaces each whole number by its id, which is its position in a vocabulary, or by the encoded
 * id. With invert, replaces ids by their numbers. */
#include "nn/nn.h"

#include "base/notation.h"

typedef struct {
    plm_reals vocabulary;         /* known numbers, in the order of their ids */
    int64_t num_oov_indices;      /* number of ids for unknown numbers */
    double mask_token, oov_token; /* mask_token: number that stands for missing values. oov_token:
                                   * number for unknown ids. */
    bool invert;                  /* true = turn ids back into numbers */
    const char *output_mode;      /* int, one_hot, multi_hot or count */
} integer_lookup;

static const plm_field fields[] = {
    PLM_FIELD(integer_lookup, vocabulary, PLM_REALS, NULL, -9e15, 9e15,
              "the known whole numbers, each once"),
    PLM_FIELD(integer_lookup, num_oov_indices, PLM_INT, "1", 1, 1,
              "number of ids for numbers outside of the vocabulary, always 1"),
    PLM_FIELD(integer_lookup, mask_token, PLM_REAL, "nan", -9e15, 9e15,
              "number that stands for missing values and gets id 0; none = no such number"),
    PLM_FIELD(integer_lookup, oov_token, PLM_REAL, "-1", -9e15, 9e15,
              "with invert: number for the id of unknown numbers"),
    PLM_FIELD(integer_lookup, invert, PLM_BOOL, "false", 0, 0, "true = turn ids back into numbers"),
    PLM_FIELD_OF(integer_lookup, output_mode, PLM_CHOICE, "int", PLM_ENCODINGS,
                 "int: the id; else the id encoded as by category_encoding"),
    {0}};

/* Fails if a number of the vocabulary is not whole. */
static void check_vocabulary(plm_builder *b, const plm_reals *v)
{
    if (v->count == 0)
        (void)plm_layer_fail(b, PLM_E_SPEC,
                             "give the known numbers, such as integer_lookup([12, 7, 30])",
                             "the vocabulary is empty");
    for (int i = 0; i < v->count; i++)
        if ((double)(int64_t)v->at[i] < v->at[i] || (double)(int64_t)v->at[i] > v->at[i])
            (void)plm_layer_fail(b, PLM_E_SPEC, "use discretization for numbers that are not whole",
                                 "the vocabulary has %g, which is not a whole number", v->at[i]);
}

/* Emits the op lookup, and perhaps the op encode. The ids are numbered in this order: the mask
 * token, if there is one; unknown numbers; the numbers of the vocabulary. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const integer_lookup *c = config;
    const bool masks = c->mask_token == c->mask_token;
    char unknown[32], mask[32];
    (void)count;
    check_vocabulary(b, &c->vocabulary);
    plm_text_from_number(c->oov_token, unknown, sizeof unknown);
    plm_text_from_number(c->mask_token, mask, sizeof mask);
    const plm_value y =
        plm_emit_with_numbers(b, x[0], &c->vocabulary,
                              "lookup(mask=%s, oov=%s, invert=%s, numbers=", masks ? mask : "none",
                              unknown, c->invert ? "true" : "false");
    if (c->invert)
        return y;
    return plm_emit_encoding(b, y, c->output_mode, c->vocabulary.count + 1 + masks);
}

const plm_layer_kind plm_layer_integer_lookup = {
    .kind = {.name = "integer_lookup",
             .alias = "IntegerLookup",
             .help = "replaces whole numbers by ids, which are their positions in a vocabulary",
             .formula = "y = 1 + position of x in the vocabulary; 0 = x is unknown",
             .notes = "Use it for codes such as 3, 7, 12, each of which is a category. With a "
                      "mask_token, that number gets id 0, unknown numbers get id 1, and the "
                      "vocabulary begins at 2. The number of ids is the length of the vocabulary + "
                      "1, or + 2 with a mask_token. Keras can also find the vocabulary from data.",
             .config_size = sizeof(integer_lookup),
             .fields = fields,
             .examples = PLM_LIST("integer_lookup([12, 7, 30]) <- [4]",
                                  "integer_lookup([2, 0], mask_token=1) <- [3, 5]",
                                  "integer_lookup([1, 0], output_mode=one_hot) <- [3]",
                                  "integer_lookup([12, 7], invert=true) <- [3]")},
    .emit = emit,
};
