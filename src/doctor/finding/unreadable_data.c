/* D200: the data cannot be read. */
#include "doctor/refusal.h"

/* The error of the reader as a finding, unless it is about a missing cell. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (c->refusal == NULL || c->refused != PLM_PART_DATA || plm_refusal_is_missing(c->refusal))
        return;
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1, "%s", c->refusal->what);
    plm_report_line(r, "%s", c->refusal->where);
    plm_report_remedy(r, "", "%s", c->refusal->hint);
    r->key = "data";
}

const plm_finding_kind plm_finding_unreadable_data = {
    .kind = {.name = "unreadable_data",
             .alias = "D200",
             .help = "the data cannot be read as it is described",
             .formula = "opening or reading the data fails",
             .notes = "The finding has the message that `plummet train` would end with, and its "
                      "place in the file."},
    .root = PLM_ROOT_DATA,
    .find = find,
};
