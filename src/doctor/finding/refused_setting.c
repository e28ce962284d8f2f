/* S300: a key of the run file, or a spec, is invalid. */
#include "doctor/refusal.h"

/* Reports an error in a key or a spec as a finding. Errors about the last layer and the loss are
 * reported by output_and_loss, errors about the data by missing_cells and unreadable_data. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (plm_refusal_is(c, "S300"))
        plm_refusal_report(c, r);
}

const plm_finding_kind plm_finding_refused_setting = {
    .kind = {.name = "refused_setting",
             .alias = "S300",
             .help = "the run file or the model is invalid, so nothing can be trained",
             .formula = "reading the run file or compiling the model fails",
             .notes = "The finding shows the error with which `plummet train` would end, with its "
                      "message and its place."},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
