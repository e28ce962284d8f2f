/* D210: one column reveals the target. The metrics are then better than on new rows, as such a
 * column is usually known only after the event that is to be predicted, or was computed from the
 * target. */
#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double note, warning, lead;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.98", 0, 1,
              "a note if the correlation of a column with the target is larger than this"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.995", 0, 1,
              "a warning if the correlation of a column with the target is larger than this"),
    PLM_FIELD(thresholds, lead, PLM_REAL, "0.1", 0, 1,
              "reported only if the next best column's correlation is lower by more than this"),
    {0}};

/* Returns how strongly a column is related to the target: the larger one of its correlation with
 * the target, and the share of rows in which both are equal. */
static double strength_of(const plm_data_column *c)
{
    const double related = isnan(c->correlation) ? 0 : fabs(c->correlation);
    return c->constant ? 0 : fmax(related, c->equal);
}

/* Returns the column that is most strongly related to the target; *second: the strength of the next
 * one. */
static int64_t strongest(const plm_data_facts *d, double *second)
{
    int64_t at = 0;
    *second = 0;
    for (int64_t i = 1; i < d->columns; i++)
        if (strength_of(&d->column[i]) > strength_of(&d->column[at]))
            at = i;
    for (int64_t i = 0; i < d->columns; i++)
        *second = i == at ? *second : fmax(*second, strength_of(&d->column[i]));
    return at;
}

/* True if the target of the previous row is related to the target as strongly as the column, as
 * in a series in order of time: its present value, which is known, is nearly the next one. The
 * column reveals the target only if it is far closer to it than that. best: the strength of the
 * column. */
static bool is_previous(const plm_data_facts *d, double best)
{
    return 1 - best * best > d->change / 4;
}

/* Looks for a column whose correlation with the target is nearly 1, and far above that of the next
 * best column. It may be the target under another name, or something that is known only after the
 * event. Pixels of images are not examined. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 20, NAME = 40 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    double second = 0;
    char name[NAME];
    if (d == NULL || d->rows < LEAST || d->columns < 2 || d->images)
        return;
    const int64_t at = strongest(d, &second);
    const double best = strength_of(&d->column[at]);
    if (!(best > t->note) || !(best - second > t->lead) || is_previous(d, best))
        return;
    plm_doctor_column(&d->column[at], name, sizeof name);
    plm_report_found(r, best > t->warning ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%s alone gives the target: is it known when predictions are made?", name);
    r->number = best;
    r->threshold = best > t->warning ? t->warning : t->note;
    r->key = "data";
    plm_report_line(r, "%-30s correlation %.5f, equal in %.1f %% of the rows", name,
                    d->column[at].correlation, 100 * d->column[at].equal);
    plm_report_line(r, "%-30s %.5f", "the next best column", second);
    bool *out = plm_arena_array(r->arena, (size_t)d->columns, sizeof *out);
    r->what.failed = r->what.failed || out == NULL;
    if (out == NULL)
        return;
    out[at] = true;
    plm_report_leave_out(r, c, out);
}

const plm_finding_kind plm_finding_leaking_column = {
    .kind = {.name = "leaking_column",
             .alias = "D210",
             .help = "one column gives the target away",
             .formula = "correlation of a column with the target, or share of rows in which both "
                        "are equal, > note, and the next best column is lower by `lead`",
             .notes = "A column that is made from the target lets a net look perfect until it "
                      "meets rows without a target. Only the owner of the data can say whether the "
                      "column is legitimate.",
             .source = "Kaufman et al., Leakage in data mining, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 0.98},
    .still = true,
    .find = find,
};
