/* D216: a column numbers the rows. A row number says nothing about future rows. A net can use it to
 * memorize the training rows or, if the table is sorted by the target, to follow their order. */
#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double rows;
} thresholds;

static const plm_field fields[] = {PLM_FIELD(thresholds, rows, PLM_REAL, "50", 2, 1e9,
                                             "reported only if there are at least this many rows"),
                                   {0}};

/* True if a column has whole numbers that are all different and evenly fill their range, as row
 * numbers do. Some numbers may be missing, since their rows were split off. */
static bool numbers_rows(const plm_data_column *c, const plm_data_facts *d)
{
    const double range = c->max - c->min + 1, rows = (double)d->rows,
                 all = rows + (double)d->validation_rows;
    return c->whole && c->distinct && !c->id && c->min >= 0 && range >= rows &&
           range <= 1.5 * all && fabs(c->deviation * sqrt(12) / range - 1) < 0.1 &&
           fabs(c->mean - (c->min + c->max) / 2) < 0.1 * range;
}

/* Reports columns that only number the rows: whole numbers that are all different and evenly spread
 * over a range about as long as the table. A net can memorize the training rows by such a column,
 * but the column says nothing about other rows. Of several such columns, the first is named and the
 * others are listed. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { NAME = 40 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    char name[NAME];
    bool *out = NULL;
    if (d == NULL || !d->named || d->columns < 2 || (double)d->rows < t->rows)
        return;
    out = plm_arena_array(r->arena, (size_t)d->columns, sizeof *out);
    r->what.failed = out == NULL;
    for (int64_t i = 0; out != NULL && i < d->columns; i++) {
        const plm_data_column *k = &d->column[i];
        out[i] = numbers_rows(k, d) && !plm_doctor_is_earlier(k);
        if (!out[i])
            continue;
        if (!r->found) {
            plm_doctor_column(k, name, sizeof name);
            plm_report_found(r, PLM_NOTE, PLM_PART_DATA, -1, "%s only numbers the rows", name);
            r->number = (double)i;
            r->key = "data";
        }
        if (r->evidence.length < 300) {
            plm_doctor_column(k, name, sizeof name);
            plm_report_line(r, "%-24.24s %lld different numbers, %.7g to %.7g", name,
                            (long long)d->rows, k->min, k->max);
        }
    }
    if (r->found)
        plm_report_leave_out(r, c, out);
}

const plm_finding_kind plm_finding_identifier_column = {
    .kind = {.name = "identifier_column",
             .alias = "D216",
             .help = "a column only numbers the rows",
             .formula = "whole numbers that are all different and fill a range of about as many "
                        "numbers as there are rows",
             .notes = "The number of a row says nothing about new rows, and in a sorted table it "
                      "gives the target away. In a time series it is the time, and may stay.",
             .source = "Kaufman et al., Leakage in data mining, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .still = true,
    .find = find,
};
