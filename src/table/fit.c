/* Fits a schema to the training rows: means, standard deviations, medians and vocabularies. No
 * other row is used, so that no information about the validation and test rows reaches the
 * model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/labels.h"
#include "table/vocabulary.h"

/* Max number of categories of a column that are one-hot encoded. Rarer categories are treated as
 * unknown. */
enum { MOST_ONE_HOT = 256 };
/* Words that occur in fewer training rows share the embedding vector of unknown words. */
enum { RARE_BELOW = 2 };

/* The rows to which the schema is fitted, row[rows], and scratch memory for one number per row. */
typedef struct {
    const int64_t *row; /* [rows] numbers of the training rows */
    int64_t rows;
    double *number; /* [rows] */
} sample;

/* Compares two numbers for qsort, smaller ones first. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns the middle one of three numbers. */
static double middle_of(double a, double b, double c)
{
    const double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Moves the number of rank k, counted from 0, to x[k], with smaller or equal ones before it and
 * larger or equal ones behind it (Hoare's selection). That takes a fraction of the time of sorting
 * x [n]. After too many rounds, as numbers in an odd order may need, the rest is sorted. */
static void place_rank(double *x, int64_t n, int64_t k)
{
    enum { ROUNDS = 100 };
    int64_t low = 0, high = n - 1;
    for (int round = 0; low < high && round < ROUNDS; round++) {
        const double pivot = middle_of(x[low], x[low + (high - low) / 2], x[high]);
        int64_t i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j) {
                const double other = x[i];
                x[i++] = x[j];
                x[j--] = other;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            return;
    }
    qsort(x + low, (size_t)(high - low + 1), sizeof *x, by_size);
}

/* Returns the median of x [n], n > 0, whose order changes. */
static double median_of(double *x, int64_t n)
{
    place_rank(x, n, n / 2);
    if (n % 2 == 1)
        return x[n / 2];
    double below = x[0]; /* the largest number of the lower half */
    for (int64_t i = 1; i < n / 2; i++)
        below = x[i] > below ? x[i] : below;
    return below + (x[n / 2] - below) / 2;
}

/* Copies the numbers that are not missing. Returns how many there are. */
static int64_t take_numbers(const sample *s, const plm_raw_column *r)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->rows; i++)
        if (isfinite(r->number[s->row[i]]))
            s->number[n++] = r->number[s->row[i]];
    return n;
}

/* Fits the scaling of the numbers, and the number that replaces missing cells. */
static plm_status fit_numbers(plm_arena *a, plm_column *c, double *x, int64_t n)
{
    plm_scaling_standard(c, x, n);
    c->fill = n == 0 ? 0 : c->mean_fills ? c->center : median_of(x, n);
    return plm_scaling_fit(a, c, x, n);
}

/* Sets which parts of the dates vary and are therefore encoded: the position in the year if the
 * dates span more than one month; in the week if not all dates are on the same day of the week, and
 * not all are the first of a month; in the day if not all are at the same time of day. */
static void fit_dates(plm_column *c, const double *x, int64_t n)
{
    c->parts = 0;
    const plm_date_parts first = n > 0 ? plm_table_date_parts(x[0]) : (plm_date_parts){0};
    double low = first.year, high = first.year;
    bool days = false, months = true;
    for (int64_t i = 0; i < n; i++) {
        const plm_date_parts p = plm_table_date_parts(x[i]);
        low = p.year < low ? p.year : low;
        high = p.year > high ? p.year : high;
        if (p.week != first.week)
            days = true;
        if (p.day != first.day)
            c->parts |= PLM_DATE_DAY;
        months = months && plm_table_first_of_month(x[i]);
    }
    c->parts |= high - low > 1.0 / 12 ? PLM_DATE_YEAR : 0;
    c->parts |= days && !months ? PLM_DATE_WEEK : 0;
}

/* True if a row of the sample has a missing cell in this column. */
static bool has_gap(const sample *s, const plm_raw_column *r)
{
    for (int64_t i = 0; i < s->rows; i++)
        if (isnan(r->number[s->row[i]]))
            return true;
    return false;
}

/* Fits one column to the rows of the sample: sets the values that its encoding uses, and whether
 * cells are missing. */
static plm_status fit_column(plm_arena *a, plm_column *c, const plm_raw_column *r, const sample *s)
{
    const bool labels = c->encoding == PLM_ENCODE_LABELS; /* an empty cell has no labels */
    c->indicator = c->role == PLM_ROLE_INPUT && !labels && has_gap(s, r);
    if (c->encoding == PLM_ENCODE_STANDARDIZE || c->encoding == PLM_ENCODE_DATE) {
        const int64_t n = take_numbers(s, r);
        if (c->encoding == PLM_ENCODE_DATE)
            fit_dates(c, s->number, n);
        PLM_TRY(fit_numbers(a, c, s->number, n));
    }
    if (c->encoding == PLM_ENCODE_SIGNS || c->encoding == PLM_ENCODE_ONE_HOT)
        return plm_vocabulary_of(a, c, r, s->row, s->rows,
                                 c->encoding == PLM_ENCODE_SIGNS ? 2 : MOST_ONE_HOT, 1);
    if (labels && c->role == PLM_ROLE_INPUT)
        return plm_labels_fit(a, c, r, s->row, s->rows);
    if (c->encoding == PLM_ENCODE_INDEX)
        return plm_vocabulary_of(a, c, r, s->row, s->rows, SIZE_MAX, RARE_BELOW);
    return PLM_OK;
}

/* Fits all columns. They use the same scratch array, one after the other. */
plm_status plm_schema_fit(plm_schema *s, const plm_store *t, const int64_t *row, int64_t rows)
{
    plm *w = s->arena->w;
    sample of = {.row = row, .rows = rows};
    of.number = plm_allocate_array(w, (size_t)rows + 1, sizeof *of.number);
    plm_status status = of.number != NULL ? PLM_OK : PLM_E_MEMORY;
    for (size_t i = 0; i < s->columns && status >= 0; i++)
        if (s->column[i].encoding != PLM_ENCODE_NONE)
            status = fit_column(s->arena, &s->column[i], &t->column[i], &of);
    plm_release(w, of.number);
    s->fitted = status >= 0;
    return status;
}
