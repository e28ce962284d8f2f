/* D210: one column reveals the target. The metrics are then better than on new rows, as such a
 * column is usually known only after the event that is to be predicted, or was computed from the
 * target. */
#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double note, warning, lead, order, others;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.98", 0, 1,
              "a note if the correlation of a column with the target is larger than this"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.995", 0, 1,
              "a warning if the correlation of a column with the target is larger than this"),
    PLM_FIELD(thresholds, lead, PLM_REAL, "0.1", 0, 1,
              "reported only if the next best column's correlation is lower by more than this"),
    PLM_FIELD(thresholds, order, PLM_REAL, "0.999", 0, 1,
              "a warning if the order of a column's values gives the target by more than this; of "
              "two classes only if the column numbers the rows, since one threshold may part them"),
    PLM_FIELD(thresholds, others, PLM_REAL, "0.3", 0, 1,
              "a warning from `note` on if the next best column's correlation is larger than this, "
              "and that of the column is larger by this, too: other columns say something about "
              "the target, but far less"),
    {0}};

/* Returns how strongly a column is related to the target: the larger one of its correlation with
 * the target, and the share of rows in which both are equal. */
static double by_value(const plm_data_column *c)
{
    const double related = isnan(c->correlation) ? 0 : fabs(c->correlation);
    return c->constant ? 0 : fmax(related, c->equal);
}

/* Returns how well the order of a column's values gives the target, whatever the relation is. */
static double by_order(const plm_data_column *c)
{
    return c->constant || c->id ? 0 : c->alone;
}

/* Returns the column that is most strongly related to the target, by one of the two measures. What
 * earlier rows of a series say is known when predictions are made, so their columns are no answer.
 * *second: the strength of the next one, which may be such a column. Returns -1 if
 * there are no others. */
static int64_t strongest(const plm_data_facts *d, double (*strength)(const plm_data_column *),
                         double *second)
{
    int64_t at = -1;
    *second = 0;
    for (int64_t i = 0; i < d->columns; i++)
        if (!plm_doctor_is_earlier(&d->column[i]) &&
            (at < 0 || strength(&d->column[i]) > strength(&d->column[at])))
            at = i;
    for (int64_t i = 0; i < d->columns; i++)
        *second = i == at ? *second : fmax(*second, strength(&d->column[i]));
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

/* Returns the strength above which a column gives a warning. second: the strength of the next best
 * column. An order may part two classes at a single place, which is no rare relation. */
static double limit_of(const thresholds *t, const plm_data_facts *d, int64_t column, double second,
                       bool order)
{
    const double best = by_value(&d->column[column]);
    if (!order)
        return best < t->warning && second > t->others && best - second > t->others ? t->note
                                                                                    : t->warning;
    return d->classes != 2 || d->column[column].numbered ? t->order : 2;
}

/* True if a column leads the next best one: by `lead` or, of correlations, since it leaves next to
 * nothing of what the other one leaves unexplained, as the target itself does among the numbers
 * before it. */
static bool leads(const thresholds *t, double best, double second, bool order)
{
    static const double nothing = 1e-5, least = 1e-3;
    const double left = 1 - best * best;
    return best - second > t->lead ||
           (!order && left < nothing && left < least * (1 - second * second));
}

/* Looks for a column that is related to the target nearly perfectly by one of the measures, and far
 * more strongly than the next best column. */
static void find_by(const thresholds *t, const plm_case *c, bool order, plm_report *r)
{
    enum { NAME = 40 };
    const plm_data_facts *d = c->data;
    double (*const strength)(const plm_data_column *) = order ? by_order : by_value;
    double second = 0;
    char name[NAME];
    const int64_t at = strongest(d, strength, &second);
    if (at < 0)
        return;
    const double best = strength(&d->column[at]), limit = limit_of(t, d, at, second, order);
    if (!(best > t->note) || !leads(t, best, second, order) || is_previous(d, best))
        return;
    plm_doctor_column(&d->column[at], name, sizeof name);
    plm_report_found(r, best > limit ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%s alone gives the target: is it known when predictions are made?", name);
    r->number = best;
    r->threshold = best > limit ? limit : t->note;
    r->key = "data";
    if (order)
        plm_report_line(r, "%-30s %.5f, by the order of its values", name, best);
    else
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

/* Reports columns of two values that say which class a row has, one for each class: the target in
 * another form. The last class may have no column. */
static void find_answers(const plm_case *c, plm_report *r)
{
    enum { NAME = 40, SHOWN = 6 };
    const plm_data_facts *d = c->data;
    int classes = 0, shown = 0;
    char name[NAME], class[PLM_CLASS_TEXT];
    bool *out = plm_arena_array(r->arena, (size_t)d->columns, sizeof *out);
    r->what.failed = r->what.failed || out == NULL;
    if (out == NULL || d->classes < 3)
        return;
    for (int64_t i = 0; i < d->columns; i++)
        out[i] = d->column[i].marks > 0;
    for (int k = 0; k < d->classes; k++) {
        int64_t i = 0;
        while (i < d->columns && d->column[i].marks != k + 1)
            i++;
        classes += i < d->columns;
    }
    if (classes < d->classes - 1)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "%d columns give the class together: each says whether a row has one of the "
                     "classes",
                     classes);
    r->number = classes;
    r->key = "data";
    for (int64_t i = 0; i < d->columns && shown < SHOWN; i++)
        if (out[i]) {
            plm_doctor_column(&d->column[i], name, sizeof name);
            plm_report_line(r, "%-30s %s", name, plm_class_text(d, d->column[i].marks - 1, class));
            shown++;
        }
    plm_report_leave_out(r, c, out);
}

/* Says in what way a column was made from the target. */
static void say_made(const plm_data_facts *d, const plm_data_column *k, const char *name,
                     plm_report *r)
{
    const char *what = "is the mean target of a few rows, each row's own among them";
    if (k->gives == PLM_GIVES_ONE)
        what = "has many values in all rows of one class, and one value in all others: was it "
               "measured for this class alone?";
    if (k->gives == PLM_GIVES_CLASS)
        what = d->classes > 1 ? "has one value in all rows of a class, and only there: was it "
                                "filled in when the class was known?"
                              : "has one value for all targets on one side of a number, and "
                                "only there: was it filled in when the target was known?";
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1, "%s %s", name, what);
    r->key = "data";
}

/* Looks for columns that were made from the target, but do not give it exactly. */
static void find_made(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { NAME = 40, SHOWN = 6 };
    const plm_data_facts *d = c->data;
    char name[NAME];
    int shown = 0;
    bool *out = plm_arena_array(r->arena, (size_t)d->columns, sizeof *out);
    r->what.failed = r->what.failed || out == NULL;
    for (int64_t i = 0; out != NULL && i < d->columns; i++) {
        const plm_data_column *k = &d->column[i];
        out[i] = k->gives != PLM_GIVES_NOTHING && !plm_doctor_is_earlier(k) &&
                 !(by_value(k) > t->warning);
        if (!out[i] || shown++ >= SHOWN)
            continue;
        plm_doctor_column(k, name, sizeof name);
        if (!r->found)
            say_made(d, k, name, r);
        plm_report_line(r, "%-30s correlation %.5f", name, k->correlation);
    }
    if (r->found)
        plm_report_leave_out(r, c, out);
}

/* Reports two columns that give the target only together, as one pair alone does. In a series, the
 * next value may be exactly a sum of two present ones. */
static void find_pair(const plm_case *c, plm_report *r)
{
    enum { NAME = 40 };
    const plm_data_facts *d = c->data;
    const plm_column_pair *p = &d->pair;
    char first[NAME], second[NAME];
    if (p->count != 1 || plm_case_is_series(c))
        return;
    plm_doctor_column(&d->column[p->first], first, sizeof first);
    plm_doctor_column(&d->column[p->second], second, sizeof second);
    const char *how = p->operation == '+' ? "sum" : p->operation == '*' ? "product" : "quotient";
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "%s and %s together give the target, by their %s: are both known when "
                     "predictions are made?",
                     first, second, how);
    r->number = 1;
    r->key = "data";
    plm_report_line(r, "in each of %lld rows, up to rounding%s", (long long)d->sampled,
                    p->operation == '+' ? "; each has a weight" : "");
    bool *out = plm_arena_array(r->arena, (size_t)d->columns, sizeof *out);
    r->what.failed = r->what.failed || out == NULL;
    if (out == NULL)
        return;
    out[p->first] = out[p->second] = true;
    plm_report_leave_out(r, c, out);
}

/* Looks for a column that gives the target away. It may be the target under another name, a
 * function or a code of it, or something that is known only after the event. Pixels of images are
 * not examined. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 20 };
    const plm_data_facts *d = c->data;
    if (d == NULL || d->rows < LEAST || d->columns < 2 || d->images)
        return;
    find_made(config, c, r);
    if (!r->found)
        find_by(config, c, false, r);
    if (!r->found)
        find_by(config, c, true, r);
    if (!r->found)
        find_answers(c, r);
    if (!r->found)
        find_pair(c, r);
}

const plm_finding_kind plm_finding_leaking_column = {
    .kind = {.name = "leaking_column",
             .alias = "D210",
             .help = "one column gives the target away, or two do together",
             .formula =
                 "correlation of a column with the target, or share of rows in which both "
                 "are equal, or how well the order of its values gives the target, > note, and "
                 "the next best column is lower by `lead`; or all rows of one class or of the "
                 "highest targets, and only they, have the same value while the others have many, "
                 "or the reverse; "
                 "or it is the mean target "
                 "of a few rows, the row itself among them; or each class has a column that marks "
                 "it; or the "
                 "target is a weighted sum, the "
                 "product or the quotient of two of at least three columns in every row",
             .notes = "A column that is made from the target lets a net look perfect until it "
                      "meets rows without a target. Only the owner of the data can say whether the "
                      "column is legitimate.",
             .source = "Kaufman et al., Leakage in data mining, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_LEAK,
    .healthy = {0, 0.98},
    .still = true,
    .find = find,
};
