/* Looks for targets that are classes and do not suit the output: labels beyond its units, and rows
 * of several classes for an output that chooses one. The finding output_and_loss (S301) reports
 * them. */
#include "doctor/output_classes.h"

#include <math.h>
#include <string.h>

#include "base/names.h"
#include "train/ignored.h"

/* Adds a remedy with an output layer for classes: softmax with its loss, or sigmoid for two
 * classes. */
void plm_remedy_classes(const plm_case *c, plm_report *r, int classes)
{
    const char *layer = classes == 2
                            ? "dense(1, activation=sigmoid)"
                            : plm_arena_format(r->arena, "dense(%d, activation=softmax)", classes),
               *loss = classes == 2 ? "binary_crossentropy" : "sparse_categorical_crossentropy";
    if (layer != NULL && plm_report_output(r, c, layer))
        plm_report_also(r, "loss", loss);
    else
        plm_report_remedy(r, "", "for %d classes end with %s, and loss=%s", classes,
                          layer != NULL ? layer : "", loss);
}

/* ---- labels ---- */

/* The lowest and the highest label of all rows, and one that is not a class if there is any. */
typedef struct {
    double low, high, bad;
} label_range;

/* True if a label is not one of the classes of the output, and the loss does not ignore it. */
static bool is_no_class(const plm_case *c, const plm_head *h, double label)
{
    return (label < 0 || label >= (double)h->units) &&
           !plm_training_ignores(c->model, h->output, (float)label);
}

/* Returns the range of the labels. A training stops at the first row whose label is not a class, in
 * whatever epoch or part of the data it comes. The number of classes counts the rows of all parts,
 * also of the test. */
static label_range range_of(const plm_case *c, const plm_head *h)
{
    const plm_data_facts *d = c->data;
    label_range l = {.low = d->target_min, .high = fmax(d->target_max, (double)d->classes - 1)};
    if (d->validation_rows > 0) {
        l.low = fmin(l.low, d->other_target_min);
        l.high = fmax(l.high, d->other_target_max);
    }
    l.bad = is_no_class(c, h, l.high) ? l.high : l.low;
    return l;
}

/* Adds the evidence and the remedies for labels beyond the classes of the output. */
static void say_labels(const plm_case *c, const plm_head *h, label_range l, plm_report *r)
{
    const bool from_1 = l.low >= 1 && l.high - 1 < (double)h->units;
    plm_report_line(r, "labels from %g to %g", l.low, l.high);
    if (from_1)
        plm_report_line(r, "the labels begin at 1, but classes are counted from 0");
    if (from_1 && c->source != NULL && c->rest != NULL)
        plm_report_remedy(r, "data", "%s | drop_classes(0)%s", c->source, c->rest);
    else if (from_1 || l.low < 0)
        plm_report_remedy(r, "", "number the classes from 0");
    if (l.high < PLM_DOCTOR_CLASSES && l.low >= 0)
        plm_remedy_classes(c, r, (int)l.high + 1);
}

/* Reports class numbers beyond the units of the output. */
void plm_find_labels(const plm_case *c, const plm_head *h, plm_report *r)
{
    if (c->data == NULL || h->output > 0 || h->loss == NULL || strncmp(h->loss, "sparse_", 7) != 0)
        return;
    const label_range l = range_of(c, h);
    if (!is_no_class(c, h, l.bad))
        return;
    plm_report_found(r, PLM_ERROR, PLM_PART_STATIC, -1,
                     "label %g is not one of the %lld classes of the last layer, 0 to %lld", l.bad,
                     (long long)h->units, (long long)h->units - 1);
    r->key = "data";
    say_labels(c, h, l, r);
}

/* ---- marks ---- */

/* True if the loss chooses one class of several. */
static bool chooses_one(const plm_head *h)
{
    return strcmp(h->loss, "categorical_crossentropy") == 0;
}

/* True if the output has a crossentropy and shares 1 among all classes: by softmax, or by a loss
 * that chooses one class. */
static bool shares_one(const plm_head *h)
{
    const bool softmax = h->function != NULL && strcmp(h->function, "softmax") == 0;
    return h->loss != NULL && (softmax || chooses_one(h)) &&
           plm_pattern_matches("*crossentropy", h->loss);
}

/* Adds the evidence and the remedy for rows with several classes or none. */
static void say_several(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_data_facts *d = c->data;
    plm_report_line(r, "of %lld rows %lld have two classes or more, %lld have none",
                    (long long)d->rows, (long long)d->marked_several, (long long)d->marked_none);
    plm_report_line(r, "sigmoid decides about each class by itself");
    const char *layer =
        plm_arena_format(r->arena, "dense(%lld, activation=sigmoid)", (long long)h->units);
    if (layer != NULL && plm_report_output(r, c, layer))
        plm_report_also(r, "loss", "binary_crossentropy");
    else
        plm_report_remedy(r, "", "end with activation=sigmoid and use loss=binary_crossentropy");
}

/* Reports marks of classes, columns of 0 and 1 of which several or none can be 1, for an output
 * that shares 1 among all classes: softmax, or a loss that chooses one class. It is an error if no
 * output can equal such a row. */
void plm_find_several(const plm_case *c, const plm_head *h, plm_report *r)
{
    static const double limit = 0.01; /* share of the rows */
    const plm_data_facts *d = c->data;
    if (d == NULL || c->model->heads > 1 || !shares_one(h))
        return;
    const double other = (double)(d->marked_none + d->marked_several), rows = (double)d->rows;
    if (!(other > limit * rows))
        return;
    const bool chooses = chooses_one(h);
    plm_report_found(r, chooses ? PLM_WARNING : PLM_ERROR, PLM_PART_STATIC, -1,
                     "%s chooses one of the %lld classes, but rows have several or none",
                     chooses ? h->loss : "softmax", (long long)h->units);
    r->number = other / rows;
    r->threshold = limit;
    r->key = "model";
    say_several(c, h, r);
}
