/* D205: a column, or the target, has values that are very far from all others. A few such values
 * determine the mean and the standard deviation by which a column is scaled, so all other values
 * become nearly equal; in a target they dominate the squared error. */
#include <math.h>
#include <string.h>

#include "doctor/finding.h"

typedef struct {
    double note, warning;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, note, PLM_REAL, "200", 1, 1e30,
        "a note if |value - median| is this many times the median of |x - median| of its column"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "1000", 1, 1e30,
              "a warning if |value - median| is this many times the median of |x - median|"),
    {0}};

/* Returns the largest distance of a column's values from their median, divided by the median
 * distance from it; 0 = unknown. */
static double distance_of(const plm_data_column *c)
{
    const double far = fmax(c->max - c->median, c->median - c->min);
    /* if more than half of the rows have the same value (spread 0), the others are rare events, not
     * outliers */
    return c->spread > 0 && !c->id ? far / c->spread : 0;
}

/* Returns the largest distance of the targets from their median, divided by the median distance
 * from it; 0 = unknown, or the targets are classes. */
static double distance_of_target(const plm_case *c)
{
    const plm_data_facts *d = c->data;
    const double far = fmax(d->target_max - d->target_median, d->target_median - d->target_min);
    const bool number = d->classes == 0 && !plm_case_takes_labels(c);
    return number && d->target_spread > 0 ? far / d->target_spread : 0;
}

/* Reports a target value that is far from all others. */
static void find_target(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const double worst = distance_of_target(c);
    if (!(worst > t->note))
        return;
    plm_report_found(r, worst > t->warning ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "a target is %.3g times as far from the median as usual", worst);
    r->number = worst;
    r->threshold = worst > t->warning ? t->warning : t->note;
    r->key = "data";
    plm_report_line(r, "median %.5g, min %.5g, max %.5g", plm_target_own(d, d->target_median),
                    plm_target_own(d, d->target_min), plm_target_own(d, d->target_max));
    plm_report_remedy(r, "", "look at these rows: wrong units, or a code such as 9999 for unknown");
    plm_report_remedy(r, "",
                      "if the values are right, learn their logarithm, or use the loss huber");
}

/* Adds the first columns with outliers. */
static void draw(plm_report *r, const plm_data_facts *d, double note)
{
    enum { SHOWN = 6, NAME = 32 };
    int shown = 0;
    char name[NAME];
    plm_report_line(r, "%-30s %11s %11s %11s", "column", "median", "min", "max");
    for (int64_t i = 0; i < d->columns && shown < SHOWN; i++) {
        const plm_data_column *k = &d->column[i];
        if (!(distance_of(k) > note))
            continue;
        plm_doctor_column(k, name, sizeof name);
        plm_report_line(r, "%-30.30s %11.5g %11.5g %11.5g", name, plm_column_own(k, k->median),
                        plm_column_own(k, k->min), plm_column_own(k, k->max));
        shown++;
    }
}

/* True if the columns look like the pixels of pictures, or counts of many words: many columns, all
 * from 0 to 255. A pixel that is rarely bright is no outlier. Names tell nothing: pictures are
 * often written to CSV files with a header such as pixel0,pixel1. */
static bool are_pixels(const plm_data_facts *d)
{
    enum { MANY = 64, BRIGHTEST = 255 };
    bool pixels = d->images || d->columns >= MANY;
    for (int64_t i = 0; pixels && !d->images && i < d->columns; i++)
        pixels = d->column[i].min >= 0 && d->column[i].max <= BRIGHTEST;
    return pixels;
}

/* True if it is known whether there will be a model, so that the finding can be reported. */
static bool is_time(const plm_case *c)
{
    return c->alone || c->spot != NULL || c->refusal != NULL;
}

/* True if the net limits large inputs itself: it has a layer such as smooth_clip. */
static bool clips(const plm_case *c)
{
    for (size_t i = 0; c->model != NULL && i < c->model->layers; i++)
        if (c->model->layer[i].kind != NULL &&
            strstr(c->model->layer[i].kind->kind.name, "clip") != NULL)
            return true;
    return false;
}

/* Returns the level of the finding: a note if the net limits values that are so far from others, or
 * if the whole column is skewed and these values are only its end. */
static plm_level level_of(const thresholds *t, const plm_case *c, const plm_data_column *column)
{
    return distance_of(column) > t->warning && !column->skewed && !clips(c) ? PLM_WARNING
                                                                            : PLM_NOTE;
}

/* Returns the column to report: one with outliers before one that is only skewed, and of these the
 * one with the value that is furthest from the others. */
static int64_t worst_of(const plm_data_facts *d, double note)
{
    int64_t at = 0;
    for (int64_t i = 0; i < d->columns; i++) {
        const plm_data_column *own = &d->column[i], *best = &d->column[at];
        const bool far = distance_of(own) > note, better = far && best->skewed && !own->skewed,
                   worse = own->skewed && !best->skewed && distance_of(best) > note;
        at = better || (!worse && distance_of(own) > distance_of(best)) ? i : at;
    }
    return at;
}

/* Reports rows that are far from all others in most of their columns. */
static void find_rows(const plm_data_facts *d, plm_report *r)
{
    enum { FEW = 3, SHARE = 10 };
    if (d->far < FEW || SHARE * d->far > d->sampled)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "%lld of %lld rows are far from all others in most of their columns at once",
                     (long long)d->far, (long long)d->sampled);
    r->number = (double)d->far;
    r->threshold = FEW;
    r->key = "data";
    plm_report_line(r, "far is 8 times as far from the median as usual; of columns above 0, their");
    plm_report_line(r, "logarithms are compared");
    plm_report_remedy(r, "",
                      "look at these rows: are they totals of other rows, or in other units?");
}

/* Reports the column with the value that is furthest from all others, measured by the median
 * distance from the median, since an outlier would itself change a mean and a standard
 * deviation. */
static void find_column(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { NAME = 32 };
    const plm_data_facts *d = c->data;
    int64_t count = 0;
    char name[NAME];
    for (int64_t i = 0; i < d->columns; i++)
        count += distance_of(&d->column[i]) > t->note;
    const int64_t at = worst_of(d, t->note);
    const double worst = distance_of(&d->column[at]);
    if (count == 0)
        return;
    plm_doctor_column(&d->column[at], name, sizeof name);
    plm_report_found(r, level_of(t, c, &d->column[at]), PLM_PART_DATA, -1,
                     "%s has a value that is %.3g times as far from the median as usual", name,
                     worst);
    r->number = worst;
    r->threshold = r->level > PLM_NOTE ? t->warning : t->note;
    r->key = "data";
    draw(r, d, t->note);
    if (d->column[at].skewed)
        plm_report_line(r, "its logarithms have no outliers: the column is skewed");
    plm_report_remedy(r, "",
                      "look at these rows: are they in other units, or is a number such as 9999 a "
                      "code for unknown?");
    plm_report_remedy(r, "", "if the values are correct, give the net their logarithm");
}

/* Reports rows, targets or columns that are far from all others; of targets and columns first what
 * is a warning. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 20 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d == NULL || d->rows < LEAST || !is_time(c))
        return;
    const bool columns = d->columns > 0 && !are_pixels(d);
    if (columns)
        find_rows(d, r);
    if (!r->found && columns && !(distance_of_target(c) > t->warning))
        find_column(t, c, r);
    if (!r->found)
        find_target(t, c, r);
}

const plm_finding_kind plm_finding_outliers = {
    .kind = {.name = "outliers",
             .alias = "D205",
             .help = "a column or the target has values that are very far from all others",
             .formula =
                 "|farthest - median| / median of |x - median| > note; or rows for which it is "
                 "> 8 in most columns; the medians are of up to 512 rows, evenly spaced",
             .notes = "One such value makes the standard deviation of its column large, so that "
                      "scaling squeezes all other rows into one point, and its row has most of the "
                      "gradient. Columns in which most rows have the same value are not examined.",
             .source = "Leys et al., Detecting outliers: use absolute deviation around the "
                       "median, 2013",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 200},
    .still = true,
    .find = find,
};
