/* S301: the last layer does not fit the loss. */
#include "doctor/refusal.h"
#include "train/sense.h"

/* Errors come from plm_compile, which refused the net; warnings from the same table of rules
 * (train/sense.c). `told`: the library warns of them when it compiles, so a training does not say
 * it twice. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    plm_text what = {.w = c->w};
    if (c->refusal != NULL && c->refused != PLM_PART_DATA && plm_refusal_is_of_loss(c->refusal)) {
        plm_report_found(r, PLM_ERROR, PLM_PART_STATIC, -1, "%s", c->refusal->what);
        plm_report_line(r, "%s", c->refusal->where);
        plm_report_remedy(r, "", "%s", c->refusal->hint);
    }
    for (int k = 0; c->model != NULL && c->model->training != NULL && k < c->model->heads; k++) {
        const plm_head h = plm_head_of(c->model, k);
        if (r->found || !plm_sense_output(&h, &what))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1, "%s", plm_text_get(&what));
        r->key = "loss";
        r->told = true;
    }
    r->what.failed = r->what.failed || what.failed;
    plm_text_free(&what);
}

const plm_finding_kind plm_finding_output_and_loss = {
    .kind = {.name = "output_and_loss",
             .alias = "S301",
             .help = "the last layer and the loss do not fit each other",
             .formula = "a table of pairs of loss and activation that are never or rarely meant",
             .notes = "Softmax with class numbers or one-hot rows wants a crossentropy; one unit "
                      "for yes or no wants sigmoid and binary_crossentropy; a number wants no "
                      "activation and mean_squared_error. Pairs that are never meant are refused "
                      "when a model is compiled, and are errors here.",
             .source = "Bishop, Pattern recognition and machine learning, 2006, section 4.3"},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
