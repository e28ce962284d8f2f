/* Looks for validation rows that were read in another way than the training rows: with their
 * columns in another order, with another target, or with targets that belong to other rows. */
#include "doctor/validation.h"

#include <math.h>
#include <string.h>

#include "doctor/ladder.h"

enum { NAME = 40, SHOWN = 6 };

/* True if two names are known and equal. */
static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Returns the column of the training with a name, in the same input; -1 = there is none. */
static int64_t find_named(const plm_data_facts *d, const char *name, int input)
{
    for (int64_t i = 0; name != NULL && i < d->columns; i++)
        if (d->column[i].input == input && same(d->column[i].name, name))
            return i;
    return -1;
}

/* True if the validation has another column of the training at the place of column i. */
static bool is_moved(const plm_data_facts *d, int64_t i)
{
    const plm_data_column *k = &d->column[i];
    return k->name != NULL && k->other_name != NULL && !same(k->name, k->other_name) &&
           find_named(d, k->other_name, k->input) >= 0;
}

/* True if the target of the validation is an input of the training, or the reverse. */
static bool has_other_target(const plm_data_facts *d)
{
    bool input = false;
    if (d->target_name == NULL || d->other_target_name == NULL ||
        same(d->target_name, d->other_target_name))
        return false;
    for (int64_t i = 0; i < d->columns; i++)
        input = input || same(d->column[i].name, d->other_target_name) ||
                same(d->column[i].other_name, d->target_name);
    return input;
}

/* Reports a validation with another target. */
static void report_target(const plm_data_facts *d, plm_report *r)
{
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1,
                     "the validation has the target %s, the training %s: they are different "
                     "columns of the same table",
                     d->other_target_name, d->target_name);
    r->key = "validation";
    plm_report_remedy(r, "", "give both the same target");
}

bool plm_find_other_columns(const plm_data_facts *d, plm_report *r)
{
    int64_t moved = 0;
    if (has_other_target(d)) {
        report_target(d, r);
        return true;
    }
    for (int64_t i = 0; i < d->columns; i++)
        moved += is_moved(d, i);
    if (moved < 2)
        return false;
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1,
                     "%lld columns of the validation are in another order than in the training",
                     (long long)moved);
    r->number = (double)moved;
    r->key = "validation";
    plm_report_line(r, "%-22s %s", "training", "validation, at the same place");
    for (int64_t i = 0, shown = 0; i < d->columns && shown < SHOWN; i++)
        if (is_moved(d, i)) {
            plm_report_line(r, "%-22.22s %.40s", d->column[i].name, d->column[i].other_name);
            shown++;
        }
    plm_report_remedy(r, "", "list the columns of both in the same order");
    return true;
}

/* True if the values of column i of the validation look like those of column k of the training: the
 * means differ by less than 5 standard errors, the standard deviations by less than a quarter. */
static bool looks_like(const plm_data_facts *d, int64_t i, int64_t k)
{
    static const double errors = 5, quarter = 1.25;
    const plm_data_column *other = &d->column[i], *own = &d->column[k];
    const double both = fmax(own->deviation, other->other_deviation),
                 chance = both * sqrt(1 / (double)d->rows + 1 / (double)d->validation_rows);
    return own->deviation > 0 && fabs(other->other_mean - own->mean) < errors * chance &&
           both < quarter * fmin(own->deviation, other->other_deviation);
}

/* True if a column has clearly other values in the validation: its mean is more than a standard
 * deviation away, or its standard deviation another one by a factor of 3. */
static bool is_other(const plm_data_column *k)
{
    static const double factor = 3;
    const double low = fmin(k->deviation, k->other_deviation),
                 high = fmax(k->deviation, k->other_deviation);
    return fabs(k->other_mean - k->mean) > high || high > factor * low;
}

/* True if columns i and k have changed places. */
static bool are_swapped(const plm_data_facts *d, int64_t i, int64_t k)
{
    return d->column[i].input == d->column[k].input && is_other(&d->column[i]) &&
           is_other(&d->column[k]) && looks_like(d, i, k) && looks_like(d, k, i);
}

bool plm_find_swapped(const plm_data_facts *d, plm_report *r)
{
    enum { TABLE = 256 };
    char first[NAME], second[NAME];
    for (int64_t i = 0; i < d->columns && d->columns <= TABLE && !d->images; i++)
        for (int64_t k = i + 1; k < d->columns; k++) {
            if (!are_swapped(d, i, k))
                continue;
            plm_doctor_column(&d->column[i], first, sizeof first);
            plm_doctor_column(&d->column[k], second, sizeof second);
            plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                             "columns of the validation have changed places: %s looks like %s of "
                             "the training, and the reverse",
                             first, second);
            r->key = "validation";
            plm_report_line(r, "%-22s %11s %9s   %11s %9s", "column", "training", "std",
                            "validation", "std");
            plm_report_line(r, "%-22.22s %11.5g %9.3g   %11.5g %9.3g", first, d->column[i].mean,
                            d->column[i].deviation, d->column[i].other_mean,
                            d->column[i].other_deviation);
            plm_report_line(r, "%-22.22s %11.5g %9.3g   %11.5g %9.3g", second, d->column[k].mean,
                            d->column[k].deviation, d->column[k].other_mean,
                            d->column[k].other_deviation);
            plm_report_remedy(r, "", "list the columns of both in the same order");
            return true;
        }
    return false;
}

/* How well targets follow from those of similar rows. own: of the training rows among each other;
 * other: of the validation rows; chance: what a guess reaches; error: the standard error of
 * `other`. */
typedef struct {
    double own, other, chance, error;
} agreement;

/* Returns the agreement of classes, as shares, or of numbers, as correlations. */
static agreement measure(const plm_data_facts *d, bool classes)
{
    const double n = (double)d->recoding.rows;
    double guess = 0;
    for (int k = 0; k < d->classes; k++)
        guess += (double)d->count[k] / (double)d->rows * (double)d->validation_count[k] /
                 (double)d->validation_rows;
    return classes ? (agreement){d->near.hits, d->recoding.same, guess, 0.5 / sqrt(n)}
                   : (agreement){d->near.beyond / sqrt((double)d->near.rows),
                                 d->recoding.correlation, 0, 1 / sqrt(n)};
}

bool plm_find_unfollowed(const plm_case *c, double part, plm_report *r)
{
    enum { LEAST = 50 };
    static const double clear = 0.6; /* less agreement among the training rows tells little */
    const plm_data_facts *d = c->data;
    const bool classes = d->classes > 1;
    if (d->recoding.rows < LEAST || plm_case_is_series(c) || d->near.copied > 0)
        return false;
    const agreement a = measure(d, classes);
    if (!(a.own - a.chance > clear) ||
        !(a.other + 2 * a.error - a.chance < part * (a.own - a.chance)))
        return false;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "the targets of the validation do not follow from its columns as those of the "
                     "training do: do they belong to these rows?");
    r->number = a.other;
    r->threshold = a.chance + part * (a.own - a.chance);
    r->key = "validation";
    plm_report_line(r, "%s of predictions from the 5 nearest training rows:",
                    classes ? "accuracy" : "correlation");
    plm_report_line(r, "%-22s %9.3g", "training rows", a.own);
    plm_report_line(r, "%-22s %9.3g", "validation rows", a.other);
    plm_report_remedy(r, "",
                      "look at some validation rows with their targets: was one file sorted or "
                      "shuffled without the other, or made in another way?");
    return true;
}
