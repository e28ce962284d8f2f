/* S310: no parameter is trained. */
#include "doctor/finding.h"

/* Reports a net without a parameter that is trained. Either all layers with parameters are frozen,
 * or no layer has parameters. The remedy depends on which. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    int64_t frozen = 0, first = -1;
    (void)config;
    if (c->model == NULL || c->model->training == NULL || c->model->vector.trained > 0)
        return;
    for (int64_t i = 0; i < c->layers; i++)
        if (!c->model->layer[c->spot[i].layer].trainable) {
            first = first < 0 ? i : first;
            frozen++;
        }
    plm_report_found(r, PLM_ERROR, PLM_PART_STATIC, -1,
                     "no layer has a parameter that is trained, so the net cannot change");
    r->key = "model";
    plm_report_line(r, "%lld of %lld layers are frozen", (long long)frozen, (long long)c->layers);
    if (first >= 0)
        plm_report_remedy(r, "", "remove trainable=false, at least from the last layer");
    else
        plm_report_remedy(r, "", "add a layer with weights, such as dense(1)");
}

const plm_finding_kind plm_finding_nothing_trained = {
    .kind = {.name = "nothing_trained",
             .alias = "S310",
             .help = "no parameter is trained",
             .formula = "trained parameters = 0",
             .notes =
                 "All layers are frozen, or no layer has weights, so training changes nothing.",
             .source = "the definition of training"},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
