/* D201: cells of the table are missing, or are not finite. One NaN in an input makes the whole loss
 * NaN and, after one step, every weight. */
#include "doctor/refusal.h"

/* Reports the reader's error about a missing cell, with its row and column. Other errors of the
 * reader are reported by unreadable_data. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (!plm_refusal_is(c, "D201"))
        return;
    plm_refusal_report(c, r);
    r->key = "data";
}

const plm_finding_kind plm_finding_missing_cells = {
    .kind =
        {.name = "missing_cells",
         .alias = "D201",
         .help = "cells of the data are missing, NaN or infinite",
         .formula = "a value of an input or target is not finite",
         .notes =
             "A single such value makes the loss NaN, whatever the learning rate. Remove the rows, "
             "or fill the cells with a value and add a column that marks the filled rows."},
    .root = PLM_ROOT_DATA,
    .find = find,
};
