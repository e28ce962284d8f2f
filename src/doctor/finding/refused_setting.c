/* S300: a key of the run file, or a spec, is refused. */
#include "doctor/refusal.h"

/* Reports a key or spec that was refused. The error of a key or spec, as a finding. Those about the
 * last layer and the loss are output_and_loss, those about the data are two other findings. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (plm_refusal_is(c, "S300"))
        plm_refusal_report(c, r);
}

const plm_finding_kind plm_finding_refused_setting = {
    .kind = {.name = "refused_setting",
             .alias = "S300",
             .help = "the run file or the model is refused, so nothing can be trained",
             .formula = "reading the run file or compiling the model fails",
             .notes = "The finding has the message that `plummet train` would end with, and its "
                      "place."},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
