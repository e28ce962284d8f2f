/* D202: inputs are far from mean 0 and standard deviation 1, and no layer scales them. The gradient
 * of a weight is proportional to its input, so columns of large numbers need a small learning rate,
 * and columns of small numbers a large one; but there is only one learning rate. Large inputs also
 * saturate the units of the first layer. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "doctor/bypassed.h"
#include "doctor/codes.h"
#include "doctor/given_numbers.h"

typedef struct {
    double low, high, ratio, by_row, offset, size, pixel, drowned, correlation;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, low, PLM_REAL, "0.1", 0, 1,
              "a warning if the largest standard deviation of a column is less than this"),
    PLM_FIELD(thresholds, high, PLM_REAL, "10", 1, 1e30,
              "a warning if the standard deviation of a column is larger than this"),
    PLM_FIELD(
        thresholds, ratio, PLM_REAL, "100", 1, 1e30,
        "a warning if the ratio of the standard deviations of two columns is larger than this"),
    PLM_FIELD(thresholds, by_row, PLM_REAL, "10", 1, 1e30,
              "a warning if the first layer, such as layer_normalization, divides each row by its "
              "own size, and that size is more than this many times the smallest standard "
              "deviation of a column"),
    PLM_FIELD(
        thresholds, offset, PLM_REAL, "10", 1, 1e30,
        "a warning if the ratio of a column's mean to its standard deviation is larger than this"),
    PLM_FIELD(thresholds, size, PLM_REAL, "3", 0, 1e30,
              "`ratio` and `offset` apply only to columns whose standard deviation or mean is "
              "larger than this: small columns do no harm"),
    PLM_FIELD(thresholds, pixel, PLM_REAL, "0.02", 0, 1,
              "for images and rows with more than 256 columns: a warning if the largest standard "
              "deviation of a column is less than this"),
    PLM_FIELD(thresholds, drowned, PLM_REAL, "0.02", 0, 1,
              "a warning if a column has a smaller standard deviation than this part of the "
              "largest one, and a correlation with the target of at least `correlation`"),
    PLM_FIELD(thresholds, correlation, PLM_REAL, "0.4", 0, 1, "see `drowned`"),
    {0}};

enum { FIRST = PLM_FIRST_LAYERS };

/* True if one of the first layers normalizes the inputs, or reads them as ids, and no layer with a
 * matrix reads them beside it. *factor: the product of the constants by which layers such as
 * rescaling multiply them. */
static bool is_scaled(const plm_case *c, double *factor)
{
    *factor = 1;
    if (plm_case_reads_raw(c) >= 0)
        return false;
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < FIRST; i++) {
        if (plm_case_layer_is(
                c, i,
                "normalization|batch_normalization|spectral_normalization|scale|embedding|"
                "discretization|category_encoding|*_lookup|periodic_embedding"))
            return true;
        if (plm_case_layer_is(c, i, PLM_BY_ROW))
            return !c->data->named;
        if (plm_case_layer_is(c, i, "rescaling"))
            *factor *= fabs(plm_case_argument(c, i, "scale"));
        if (plm_case_layer_is(c, i, "dense*"))
            return false;
    }
    return false;
}

/* True if a column is compared in size: it varies, and its numbers are not ids. A column beside
 * others that numbers the rows and gives the target is no input at all: D210 reports it. */
static bool is_compared(const plm_data_facts *d, const plm_data_column *k)
{
    const bool answers = d->columns > 1 && k->numbered && k->alone > 0.999;
    return k->deviation > 0 && !k->id && !answers;
}

/* Sets *low and *high to the columns with the smallest and the largest standard deviation that is
 * not 0, and *far to the column whose mean is furthest from 0. False = all columns are constant.
 * */
static bool extremes(const plm_data_facts *d, int64_t *low, int64_t *high, int64_t *far)
{
    *low = *high = *far = -1;
    for (int64_t i = 0; i < d->columns; i++) {
        const plm_data_column *k = d->column;
        if (!is_compared(d, &k[i]))
            continue;
        *low = *low < 0 || k[i].deviation < k[*low].deviation ? i : *low;
        *high = *high < 0 || k[i].deviation > k[*high].deviation ? i : *high;
        *far = *far < 0 || fabs(k[i].mean) / k[i].deviation > fabs(k[*far].mean) / k[*far].deviation
                   ? i
                   : *far;
    }
    return *low >= 0;
}

/* Adds a line with the name, the mean and the standard deviation of a column. */
static void draw(plm_report *r, const plm_data_column *c)
{
    char number[32];
    snprintf(number, sizeof number, "column %d", c->index);
    plm_report_line(r, "%-30.30s %11.5g %11.5g", c->name != NULL ? c->name : number,
                    plm_column_own(c, c->mean), plm_column_own_deviation(c, c->deviation));
}

/* What may be wrong with the columns. */
typedef struct {
    int64_t low, high, far,
        /* low, high, far: see the function extremes. drowned: the column that find_drowned finds,
         * or -1 */
        drowned;
    double factor; /* by which layers multiply the columns */
    double ratio, offset;
    /* wide, narrow: the standard deviations are too large or too small. uneven: they differ too
     * much from column to column. off: a mean is far from 0 */
    bool wide, narrow, uneven, off;
} sizes;

/* Returns the column with the smallest standard deviation among those that are far below the
 * largest one, although they are correlated with the target: beside large numbers, their influence
 * is lost. -1 = none. */
static int64_t find_drowned(const thresholds *t, const plm_data_facts *d, const sizes *s)
{
    int64_t at = -1;
    const plm_data_column *k = d->column;
    for (int64_t i = 0; i < d->columns; i++)
        if (k[i].deviation > 0 && !k[i].id && k[i].deviation < t->drowned * k[s->high].deviation &&
            fabs(k[i].correlation) >= t->correlation &&
            (at < 0 || k[i].deviation < k[at].deviation))
            at = i;
    return at;
}

/* Compares the columns of a table with the thresholds. Columns without names may be pixels of small
 * images, some of which hardly vary, so only columns with names are compared with each other.
 * Layers that multiply all columns by the same factor do not change these ratios. */
static void compare(const thresholds *t, const plm_data_facts *d, sizes *s)
{
    const plm_data_column *k = d->column;
    const double high = s->factor * k[s->high].deviation;
    s->ratio = k[s->high].deviation / k[s->low].deviation;
    s->offset = fabs(k[s->far].mean) / k[s->far].deviation;
    s->wide = high > t->high;
    s->narrow = high < t->low;
    s->uneven = d->named && s->ratio > t->ratio && high > t->size;
    s->off = d->named && s->offset > t->offset && s->factor * fabs(k[s->far].mean) > t->size;
    s->drowned = d->named ? find_drowned(t, d, s) : -1;
}

/* Compares images, and rows of many columns, as a whole with the thresholds, since a single one of
 * their columns means little. */
static void compare_pixels(const thresholds *t, const plm_data_facts *d, sizes *s)
{
    const double high = s->factor * d->column[s->high].deviation;
    s->drowned = -1;
    s->wide = high > t->high;
    s->narrow = high < t->pixel;
}

/* Sets the measured value of the report and the threshold that it exceeds. */
static void measure(plm_report *r, const thresholds *t, const plm_data_facts *d, const sizes *s)
{
    const double high = s->factor * d->column[s->high].deviation;
    r->number = s->offset;
    r->threshold = t->offset;
    if (s->uneven) {
        r->number = s->ratio;
        r->threshold = t->ratio;
    } else if (s->wide || s->narrow) {
        r->number = high;
        r->threshold = s->wide ? t->high : t->low;
    } else if (s->drowned >= 0) {
        r->number = d->column[s->drowned].deviation;
        r->threshold = t->drowned * d->column[s->high].deviation;
    }
}

/* Adds the table of the extreme columns. */
static void show(plm_report *r, const plm_data_facts *d, const sizes *s)
{
    plm_report_line(r, "%-30s %11s %11s", "column", "mean", "std");
    draw(r, &d->column[s->drowned >= 0 ? s->drowned : s->low]);
    if (s->far != s->low && s->far != s->high)
        draw(r, &d->column[s->far]);
    if (s->high != s->low)
        draw(r, &d->column[s->high]);
    if (s->factor < 1 || s->factor > 1)
        plm_report_line(r, "a layer multiplies all of them by %.3g", s->factor);
}

/* Returns the last of the first layers that multiplies the inputs by a constant; -1 = none. */
static int64_t last_rescaling(const plm_case *c)
{
    int64_t last = -1;
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < FIRST; i++)
        if (plm_case_layer_is(c, i, "rescaling"))
            last = i;
    return last;
}

/* Returns the layer that multiplies the inputs by a constant; -1 = none. A layer that multiplies
 * them by 0 comes first. */
static int64_t rescaling_of(const plm_case *c)
{
    int64_t first = -1;
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < FIRST; i++) {
        if (!plm_case_layer_is(c, i, "rescaling"))
            continue;
        if (!(fabs(plm_case_argument(c, i, "scale")) > 0))
            return i;
        first = first < 0 ? i : first;
    }
    return first;
}

/* Says that columns are too large or too small, or differ in size. */
static void say_sizes(plm_report *r, plm_level level, const plm_data_facts *d, const sizes *s)
{
    const double low = s->factor * d->column[s->low].deviation,
                 high = s->factor * d->column[s->high].deviation;
    if (d->columns == 1)
        plm_report_found(r, level, PLM_PART_DATA, -1,
                         "the column of the input is %s: its standard deviation is %.3g",
                         s->wide ? "large" : "small", high);
    else
        plm_report_found(r, level, PLM_PART_DATA, -1,
                         "the columns of the input %s: standard deviations from %.3g to %.3g",
                         s->uneven ? "differ in size"
                         : s->wide ? "are large"
                                   : "are small",
                         low, high);
}

/* Says what is wrong. */
static void say(plm_report *r, const plm_case *c, const sizes *s)
{
    const plm_level level = c->alone ? PLM_NOTE : PLM_WARNING;
    const plm_data_column *k = c->data->column;
    char name[64];
    if (!(s->factor > 0)) {
        plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1,
                         "%s multiplies the inputs by 0, so the net sees no difference between "
                         "rows",
                         plm_case_layer(c, rescaling_of(c)));
    } else if (s->drowned >= 0 && !s->wide && !s->narrow && !s->uneven) {
        plm_doctor_column(&k[s->drowned], name, sizeof name);
        plm_report_found(r, level, PLM_PART_DATA, -1,
                         "%s is %.3g times smaller than other columns, though it follows the "
                         "target",
                         name, k[s->high].deviation / k[s->drowned].deviation);
    } else if (s->wide || s->narrow || s->uneven) {
        say_sizes(r, level, c->data, s);
    } else {
        plm_report_found(
            r, level, PLM_PART_DATA, -1,
            "a column of the input is far from 0: its mean is %.3g standard deviations away",
            s->offset);
    }
}

/* Returns the scale with which the layer `own` brings the largest standard deviation of a column to
 * 1/3. A scale of 0 tells nothing about the other layers, so it is taken as the only one. */
static double scale_for(const plm_case *c, const sizes *s, int64_t own)
{
    const double others = s->factor > 0 ? s->factor / plm_case_argument(c, own, "scale") : 1;
    return 1 / (others * c->data->column[s->high].deviation * 3);
}

/* Adds a remedy with a layer that scales the inputs: it replaces a layer that scales them wrongly,
 * or becomes the first layer. */
static void add_remedy(const plm_case *c, const sizes *s, plm_report *r)
{
    const int64_t own = rescaling_of(c);
    const bool pixels = c->data->images;
    if (own >= 0 && (s->narrow || s->wide) && !s->uneven) {
        r->other = own;
        plm_report_change(r, c, own, "scale",
                          plm_arena_format(r->arena, "%.2g", scale_for(c, s, own)));
    }
    if (own < 0 && !c->alone && c->spot != NULL && !pixels && c->layers > 0) {
        r->other = 0;
        plm_report_before(r, c, 0, "normalization");
    }
    if (own >= 0)
        plm_report_remedy(r, "", "put the layer `normalization` in the place of %s",
                          plm_case_layer(c, last_rescaling(c)));
    else
        plm_report_remedy(r, "", "add the layer `normalization` as the first item of the model");
}

/* Compares the columns of a net whose first layer divides each row by its own size. The smallest
 * column is compared with that size, to which all means and deviations contribute. */
static void judge_by_row(const thresholds *t, const plm_data_facts *d, sizes *s)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < d->columns; i++) {
        const plm_data_column *k = &d->column[i];
        mean += k->mean / (double)d->columns;
        square += (k->mean * k->mean + k->deviation * k->deviation) / (double)d->columns;
    }
    s->ratio = sqrt(fmax(square - mean * mean, 0)) / d->column[s->low].deviation;
    s->off = false;
    s->drowned = -1;
    s->uneven = s->ratio > t->by_row;
}

/* True if something is wrong with the columns. */
static bool is_wrong(const sizes *s)
{
    return s->wide || s->narrow || s->uneven || s->off || s->drowned >= 0;
}

/* True if the columns can be examined: it must be known whether the net scales them. */
static bool is_asked(const plm_case *c, double *factor)
{
    const plm_data_facts *d = c->data;
    return d != NULL && (c->spot != NULL || c->alone) && d->rows > 1 && !is_scaled(c, factor);
}

/* Reports what is wrong with the columns. */
static void report(const thresholds *t, const plm_case *c, const sizes *s, plm_report *r)
{
    const int64_t by_row = plm_case_divides_rows(c), raw = plm_case_reads_raw(c);
    say(r, c, s);
    r->key = "data";
    measure(r, t, c->data, s);
    if (by_row >= 0) {
        r->threshold = t->by_row;
        plm_report_line(r, "%s divides each row by its own size, not each column",
                        plm_case_layer(c, by_row));
    }
    show(r, c->data, s);
    if (raw > 0)
        plm_report_line(r, "%s reads them as they are", plm_case_layer(c, raw));
    add_remedy(c, s, r);
}

/* Reports inputs whose columns differ much in size, or are far from 0, unless a layer such as
 * normalization scales them. Without a net (`doctor TABLE`) it is a note, since the net may have
 * such a layer. */
static void find_sizes(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { TABLE = 256 };
    const plm_data_facts *d = c->data;
    sizes s = {.drowned = -1};
    if (!is_asked(c, &s.factor) || !extremes(d, &s.low, &s.high, &s.far))
        return;
    if (!d->images && d->columns <= TABLE)
        compare(t, d, &s);
    else if (!c->alone)
        compare_pixels(t, d, &s);
    if (plm_case_normalizes_behind(c) || plm_case_divides_rows(c) >= 0)
        s.wide = s.narrow = false;
    if (plm_case_divides_rows(c) >= 0)
        judge_by_row(t, d, &s);
    if (is_wrong(&s))
        report(t, c, &s, r);
}

/* Reports numbers of a layer that do not suit the inputs, or inputs that do not suit a net. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_number_limits limits = {t->offset, t->size, t->high, t->low, t->pixel};
    plm_find_unsuited_numbers(c, &limits, r);
    if (!r->found)
        find_sizes(t, c, r);
    if (!r->found)
        plm_find_codes(c, r);
}

const plm_finding_kind plm_finding_input_scale = {
    .kind = {.name = "input_scale",
             .alias = "D202",
             .help = "the inputs have very different or extreme sizes, and no layer scales them",
             .formula =
                 "largest std of a column > high or < low, or largest / smallest std > ratio, or "
                 "|mean| / std > offset, after the constants by which layers multiply them; or a "
                 "column that follows the target has std < drowned * the largest; or the same "
                 "of what comes out of a layer with given statistics or an offset; or whole "
                 "numbers of two columns whose order says nothing about the target",
             .notes = "Large columns drown small ones and saturate units. A layer `normalization` "
                      "at the beginning takes means and standard deviations from the training rows "
                      "and is saved with the model.\nSingle columns of images and of rows with "
                      "more than 256 columns are not compared, since they mean little there.",
             .source = "LeCun et al., Efficient backprop, 1998",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0.1, 10},
    .still = true,
    .find = find,
};
