/* D201: cells of the table are missing, or are no finite numbers. */
#include "doctor/refusal.h"

/* Reports a cell that is missing. The reader has refused the data, with row and column. This
 * finding is its error in the form of a finding; other faults of reading are unreadable_data. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (!plm_refusal_is(c, "D201"))
        return;
    plm_refusal_report(c, r);
    r->key = "data";
}

const plm_finding_kind plm_finding_missing_cells = {
    .kind = {.name = "missing_cells",
             .alias = "D201",
             .help = "cells of the data are missing, NaN or infinite",
             .formula = "a number of an input or target is not finite",
             .notes = "One such number makes the loss NaN, whatever the learning rate. Remove the "
                      "rows, or fill the cells with a value that means unknown and a column that "
                      "says so."},
    .root = PLM_ROOT_DATA,
    .find = find,
};
