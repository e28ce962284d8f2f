/* D202: inputs are far from mean 0 and standard deviation 1, and no layer scales them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "doctor/finding.h"

typedef struct {
    double low, high, ratio, offset, size;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, low, PLM_REAL, "0.1", 0, 1, "smallest healthy standard deviation"),
    PLM_FIELD(thresholds, high, PLM_REAL, "10", 1, 1e30, "largest healthy standard deviation"),
    PLM_FIELD(thresholds, ratio, PLM_REAL, "100", 1, 1e30,
              "largest healthy ratio of two standard deviations"),
    PLM_FIELD(thresholds, offset, PLM_REAL, "10", 1, 1e30,
              "largest healthy ratio of a mean to its standard deviation"),
    PLM_FIELD(thresholds, size, PLM_REAL, "3", 0, 1e30,
              "ratios count only if a standard deviation or mean is larger than this: small "
              "columns do no harm"),
    {0}};

/* True if one of the first layers brings the inputs to a common scale. */
static bool is_scaled(const plm_case *c)
{
    enum { FIRST = 3 };
    for (int64_t i = 0; c->model != NULL && i < c->layers && i < FIRST; i++) {
        const plm_layer_kind *kind = c->model->layer[c->spot[i].layer].kind;
        if (kind != NULL && plm_pattern_matches("*normalization|rescaling|scale|embedding|"
                                                "discretization|category_encoding",
                                                kind->kind.name))
            return true;
        if (kind != NULL && strncmp(kind->kind.name, "dense", 5) == 0)
            return false;
    }
    return false;
}

/* Sets *low and *high to the columns with the smallest and the largest standard deviation that is
 * not 0, and *far to the column whose mean is furthest from 0. False = all columns are constant. */
static bool extremes(const plm_data_facts *d, int64_t *low, int64_t *high, int64_t *far)
{
    *low = *high = *far = -1;
    for (int64_t i = 0; i < d->columns; i++) {
        const plm_data_column *k = d->column;
        if (!(k[i].deviation > 0))
            continue;
        *low = *low < 0 || k[i].deviation < k[*low].deviation ? i : *low;
        *high = *high < 0 || k[i].deviation > k[*high].deviation ? i : *high;
        *far = *far < 0 || fabs(k[i].mean) / k[i].deviation > fabs(k[*far].mean) / k[*far].deviation
                   ? i
                   : *far;
    }
    return *low >= 0;
}

/* Adds a line for a column, with a bar for the logarithm of its standard deviation. */
static void draw(plm_report *r, const plm_data_column *c)
{
    char number[32];
    snprintf(number, sizeof number, "column %d", c->index);
    plm_report_line(r, "%-30.30s %11.5g %11.5g", c->name != NULL ? c->name : number, c->mean,
                    c->deviation);
}

/* What may be wrong with the columns. */
typedef struct {
    int64_t low, high, far; /* the columns of `extremes` */
    double ratio, offset;
    /* the standard deviations are too large or too small; they differ; a mean is far from 0 */
    bool wide, narrow, uneven, off;
} sizes;

/* Compares the columns with the thresholds. Columns without names may be the pixels of small
 * images, some of which hardly change, so only columns with names are compared with each other. */
static bool compare(const thresholds *t, const plm_data_facts *d, sizes *s)
{
    const plm_data_column *k = d->column;
    if (!extremes(d, &s->low, &s->high, &s->far))
        return false;
    s->ratio = k[s->high].deviation / k[s->low].deviation;
    s->offset = fabs(k[s->far].mean) / k[s->far].deviation;
    s->wide = k[s->high].deviation > t->high;
    s->narrow = k[s->high].deviation < t->low;
    s->uneven = d->named && s->ratio > t->ratio && k[s->high].deviation > t->size;
    s->off = d->named && s->offset > t->offset && fabs(k[s->far].mean) > t->size;
    return s->wide || s->narrow || s->uneven || s->off;
}

/* Adds the table of the extreme columns, and sets the threshold that was exceeded. */
static void show(plm_report *r, const thresholds *t, const plm_data_facts *d, const sizes *s)
{
    r->number = s->uneven              ? s->ratio
                : s->wide || s->narrow ? d->column[s->high].deviation
                                       : s->offset;
    r->threshold = s->uneven ? t->ratio : s->wide ? t->high : s->narrow ? t->low : t->offset;
    plm_report_line(r, "%-30s %11s %11s", "column", "mean", "std");
    draw(r, &d->column[s->low]);
    if (s->far != s->low && s->far != s->high)
        draw(r, &d->column[s->far]);
    if (s->high != s->low)
        draw(r, &d->column[s->high]);
}

/* True if this finding examines the columns: they must be columns of a table, and it must be known
 * whether a layer scales them. */
static bool is_asked(const plm_case *c)
{
    enum { TABLE = 256 };
    const plm_data_facts *d = c->data;
    return d != NULL && (c->spot != NULL || c->alone) && !d->images && d->columns <= TABLE &&
           d->rows > 1 && !is_scaled(c);
}

/* Reports inputs whose columns differ much in size, or are far from 0. Nothing is reported if a
 * layer such as normalization or rescaling scales them. Without a net (`doctor TABLE`) it is a
 * note, since the net may have such a layer. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    sizes s;
    if (!is_asked(c) || !compare(t, d, &s))
        return;
    const plm_level level = c->alone ? PLM_NOTE : PLM_WARNING;
    if (s.wide || s.narrow || s.uneven)
        plm_report_found(
            r, level, PLM_PART_DATA, -1,
            "the columns of the input differ in size: standard deviations from %.3g to %.3g",
            d->column[s.low].deviation, d->column[s.high].deviation);
    else
        plm_report_found(
            r, level, PLM_PART_DATA, -1,
            "a column of the input is far from 0: its mean is %.3g standard deviations away",
            s.offset);
    r->key = "data";
    show(r, t, d, &s);
    plm_report_remedy(r, "", "add the layer `normalization` as the first item of the model");
}

const plm_finding_kind plm_finding_input_scale = {
    .kind = {.name = "input_scale",
             .alias = "D202",
             .help = "the inputs have very different or extreme sizes, and no layer scales them",
             .formula =
                 "std of a column > high, or largest / smallest std > ratio, or |mean| / std "
                 "> offset",
             .notes = "Large columns drown small ones and saturate units. A layer `normalization` "
                      "at the beginning takes means and standard deviations from the training rows "
                      "and is saved with the model.\nImages and rows with more than 256 columns "
                      "are not examined, since single columns mean little there.",
             .source = "LeCun et al., Efficient backprop, 1998",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0.1, 10},
    .find = find,
};
