/* Passes on its input unchanged, and adds a penalty on the size of its elements to the loss. */
#include "nn/nn.h"

typedef struct {
    double l1, l2; /* factors of sum |x| and of sum x^2 */
} activity_regularization;

static const plm_field fields[] = {
    PLM_FIELD(activity_regularization, l1, PLM_REAL, "0", 0, 1e9, "factor of sum |x|"),
    PLM_FIELD(activity_regularization, l2, PLM_REAL, "0", 0, 1e9, "factor of sum x^2"),
    {0}};

/* Adds the penalty to the loss and returns the input itself. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const activity_regularization *c = config;
    (void)count;
    plm_penalize_activity(b, x[0], c->l1, c->l2);
    return x[0];
}

const plm_layer_kind plm_layer_activity_regularization = {
    .kind =
        {.name = "activity_regularization",
         .alias = "ActivityRegularization",
         .help = "passes on its input unchanged, and adds a penalty on its size to the loss",
         .formula = "y = x; the loss grows by (l1 sum |x| + l2 sum x^2) / rows",
         .notes =
             "It keeps outputs of units small (l2) or mostly zero (l1), as in sparse autoencoders. "
             "It does the same as activity_regularizer=l1_l2(...) of the previous layer.",
         .config_size = sizeof(activity_regularization),
         .fields = fields,
         .examples = PLM_LIST("activity_regularization(l1=0.1, l2=0.2) <- [5]",
                              "activity_regularization(l2=0.3) <- [3, 17]",
                              "activity_regularization(0.5) <- [40]")},
    .emit = emit,
};
