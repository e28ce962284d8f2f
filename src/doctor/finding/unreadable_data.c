/* D200: the data cannot be read. */
#include "doctor/refusal.h"

/* Reports an error of the reader as a finding, unless it is about a missing cell. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (!plm_refusal_is(c, "D200"))
        return;
    plm_refusal_report(c, r);
    r->key = "data";
}

const plm_finding_kind plm_finding_unreadable_data = {
    .kind = {.name = "unreadable_data",
             .alias = "D200",
             .help = "the data cannot be read as the run file describes it",
             .formula = "opening or reading the data fails",
             .notes = "The finding shows the error with which `plummet train` would end, with its "
                      "message and its place in the file."},
    .root = PLM_ROOT_DATA,
    .find = find,
};
