/* D204: columns, or the target, have the same value in every row.
 *
 * Such a column cannot tell rows apart: its weights only add a constant, which the bias does as
 * well. It is mostly a mistake in the export of the table. */
#include <math.h>

#include "doctor/finding.h"

/* Returns how many columns are constant. */
static int64_t count_constant(const plm_data_facts *d)
{
    int64_t constant = 0;
    for (int64_t i = 0; i < d->columns; i++)
        constant += d->column[i].constant;
    return constant;
}

/* True if a column always has a number other than 0, 1 or -1. A flag may be the same in all rows,
 * and a column may be empty; a number that is measured is not, so that this one may be a default,
 * and new rows may have others, which the net has never seen. */
static bool has_default(const plm_data_facts *d)
{
    for (int64_t i = 0; i < d->columns; i++) {
        const double value = fabs(d->column[i].mean);
        if (d->column[i].constant && !d->column[i].id && value > 0 && (value < 1 || value > 1))
            return true;
    }
    return false;
}

/* Adds the names of the first constant columns to a text. */
static void draw(plm_report *r, const plm_data_facts *d)
{
    enum { SHOWN = 6 };
    int shown = 0;
    for (int64_t i = 0; i < d->columns && shown < SHOWN; i++)
        if (d->column[i].constant && d->column[i].name != NULL) {
            plm_report_line(r, "%-30.30s %11.5g", d->column[i].name, d->column[i].mean);
            shown++;
        }
}

/* Adds the remedy. */
static void leave_out(plm_report *r, const plm_case *c)
{
    bool *out = plm_arena_array(r->arena, (size_t)c->data->columns, sizeof *out);
    for (int64_t i = 0; out != NULL && i < c->data->columns; i++)
        out[i] = c->data->column[i].constant;
    if (out != NULL)
        plm_report_leave_out(r, c, out);
    r->what.failed = r->what.failed || out == NULL;
}

/* True if all rows have the same number as their target. A single class is reported by D206. */
static bool is_target_constant(const plm_case *c)
{
    enum { LEAST = 20 };
    const plm_data_facts *d = c->data;
    const bool class = d->classes > 0 && plm_case_learns_classes(c);
    const bool known =
        c->alone || c->spot != NULL || c->refusal != NULL; /* whether there is a net */
    return known && !class && d->rows >= LEAST && d->target_max <= d->target_min &&
           d->target_deviation <= 0;
}

/* Reports a target that is the same in all rows. */
static void find_target(const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1,
                     "the target has the same value in all %lld rows: there is nothing to learn",
                     (long long)d->rows);
    r->number = 1;
    r->key = "data";
    plm_report_line(r, "this value is %.5g", plm_target_own(d, d->target_min));
    plm_report_remedy(r, "", "check which column is the target, and which rows were selected");
}

/* Reports constant columns. One does little harm. If most or all columns are constant,
 * the file was probably read wrongly. Columns without names are usually pixels of images, whose
 * corners are constant. */
static void find_columns(const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const int64_t constant = count_constant(d);
    const bool all = constant == d->columns, number = has_default(d);
    if (constant == 0 || (!all && !d->named))
        return;
    if (all)
        plm_report_found(
            r, PLM_ERROR, PLM_PART_DATA, -1,
            "every input column has the same value in all rows: there is nothing to learn from");
    else
        plm_report_found(r, 2 * constant > d->columns || number ? PLM_WARNING : PLM_NOTE,
                         PLM_PART_DATA, -1,
                         "%lld of %lld input columns have the same value in all rows",
                         (long long)constant, (long long)d->columns);
    r->number = (double)constant;
    r->key = "data";
    draw(r, d);
    if (number)
        plm_report_line(r, "a number in every row may be a default; new rows may have others");
    if (all)
        plm_report_remedy(r, "", "check how the file is read");
    else
        leave_out(r, c);
}

/* Looks for a constant target, then for constant columns. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    (void)config;
    if (d != NULL && is_target_constant(c))
        find_target(c, r);
    else if (d != NULL && d->rows >= 2 && d->columns > 0)
        find_columns(c, r);
}

const plm_finding_kind plm_finding_constant_column = {
    .kind = {.name = "constant_column",
             .alias = "D204",
             .help = "columns or the target have the same value in every row",
             .formula =
                 "min = max; a warning for more than half of the columns, or if the number is "
                 "not 0, 1 or -1; an error for all or the target",
             .notes = "A constant column teaches nothing. If all columns are constant, the file "
                      "was read wrongly. If columns have no names, single columns are not "
                      "reported, since images have constant corners."},
    .root = PLM_ROOT_DATA,
    .still = true,
    .find = find,
};
