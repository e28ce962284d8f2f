/* Decides how quickly the waves of periodic_embedding change, from the training rows alone.
 *
 * Slow waves suit a target that is nearly a straight line of the inputs with noise: faster ones
 * learn the noise. Fast waves suit a target that changes from place to place, such as prices over
 * longitude and latitude. The two kinds are told apart by two simple predictions: if the mean of
 * the nearest rows predicts the target better than a straight line does, the waves are fast.
 *
 * A column whose quartiles are equal, such as a capital gain that is mostly 0, is scaled by its
 * range, which a few large numbers determine. So the waves of such a column are fast, too: else all
 * its common numbers are the same to the net. */
#include "run/recipe_waves.h"

#include <math.h>
#include <stdlib.h>

#include "data/data.h"

/* MOST_ROWS: rows that are used, evenly spaced: near rows are nearer if there are more. MOST_WORK:
 * max number of rows times predicted rows times columns. LEAST_PREDICTED: min number of predicted
 * rows, or all if there are fewer. NEAREST: rows whose mean predicts a row. LEAST_ROWS: with fewer
 * rows, neither prediction says much. MOST_COLUMNS: with more columns, no rows are near. */
enum {
    MOST_ROWS = 16384,
    MOST_WORK = 200000000,
    LEAST_PREDICTED = 512,
    NEAREST = 5,
    LEAST_ROWS = 100,
    MOST_COLUMNS = 256
};

/* The rows that are compared. x: columns, standardized and bounded, [columns][rows], so that a
 * vector register has one column of several rows. y: the target. */
typedef struct {
    size_t rows, columns, step; /* every step-th row is predicted */
    float *x, *y;
    float *distance; /* [rows] from one row to all */
    double *matrix;  /* [width][width + 1] the normal equations of the line, width = columns + 1 */
    double variance; /* of y, times the number of predicted rows */
} sample;

/* Returns x of column c and row i; the column behind the last is 1, for the offset of the line. */
static double input(const sample *s, size_t c, size_t i)
{
    return c < s->columns ? (double)s->x[c * s->rows + i] : 1;
}

/* ---- the rows ---- */

/* Compares two numbers, for qsort. */
static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Sets sorted [rows] to the numbers of a column in ascending order. */
static void sort(const float *x, size_t rows, float *sorted)
{
    for (size_t i = 0; i < rows; i++)
        sorted[i] = x[i];
    qsort(sorted, rows, sizeof *sorted, by_size);
}

/* True if the quartiles of a column [rows] are equal, but not all its numbers. work: [rows]. */
static bool is_spiked(const float *x, size_t rows, float *work)
{
    sort(x, rows, work);
    return by_size(&work[rows / 4], &work[rows * 3 / 4]) == 0 &&
           by_size(&work[0], &work[rows - 1]) != 0;
}

/* Limits the numbers of a column [rows] as the net does, by normalization(method=robust) and
 * smooth_clip(3). work: [rows]. */
static void limit(float *x, size_t rows, float *work)
{
    sort(x, rows, work);
    const double center = (double)work[rows / 2],
                 quartiles = (double)work[rows * 3 / 4] - (double)work[rows / 4],
                 range = ((double)work[rows - 1] - (double)work[0]) / 2,
                 size = quartiles > 0 ? quartiles : range;
    for (size_t i = 0; i < rows; i++) {
        const double z = size > 0 ? ((double)x[i] - center) / size : 0;
        x[i] = (float)(z / sqrt(1 + z * z / 9));
    }
}

/* Limits the numbers of a column [rows], then standardizes them. work: [rows]. */
static void scale(float *x, size_t rows, float *work)
{
    double mean = 0, square = 0;
    limit(x, rows, work);
    for (size_t i = 0; i < rows; i++)
        mean += (double)x[i] / (double)rows;
    for (size_t i = 0; i < rows; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)rows;
    for (size_t i = 0; i < rows; i++)
        x[i] = square > 0 ? (float)(((double)x[i] - mean) / sqrt(square)) : 0;
}

/* Sets the number of rows to use, and which of them are predicted. rows: of the training, at least
 * LEAST_ROWS. */
static void choose_rows(sample *s, int64_t rows)
{
    const size_t least = LEAST_PREDICTED < s->columns ? s->columns : LEAST_PREDICTED,
                 work = MOST_WORK / least / s->columns, few = work < LEAST_ROWS ? LEAST_ROWS : work,
                 most = few < MOST_ROWS ? few : MOST_ROWS;
    s->rows = (size_t)rows < most ? (size_t)rows : most;
    const size_t predicted = MOST_WORK / s->rows / s->columns + 1;
    s->step = (s->rows + predicted - 1) / predicted;
}

/* Reads the rows from the first input and the first target of the training rows. */
static plm_status read_rows(const plm_data *d, plm_arena *a, sample *s)
{
    const plm_source *from = d->source;
    const plm_table *x = &from->table[0], *y = &from->table[from->inputs];
    const size_t width = s->columns + 1;
    float *row = plm_arena_array(a, s->columns, sizeof *row);
    s->x = plm_arena_array(a, s->rows * s->columns, sizeof *s->x);
    s->y = plm_arena_array(a, s->rows, sizeof *s->y);
    s->distance = plm_arena_array(a, s->rows, sizeof *s->distance);
    s->matrix =
        plm_arena_array(a, s->columns > MOST_COLUMNS ? 1 : width * (width + 1), sizeof *s->matrix);
    if (!row || !s->x || !s->y || !s->distance || !s->matrix)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < s->rows; i++) {
        const int64_t at =
            plm_data_row_at(d, (int64_t)(i * (size_t)(d->last - d->first) / s->rows));
        plm_element_gather(NULL, x->element, row, x->rows, x->width, &at, 1);
        plm_element_gather(NULL, y->element, &s->y[i], y->rows, 1, &at, 1);
        for (size_t c = 0; c < s->columns; c++)
            s->x[c * s->rows + i] = row[c];
    }
    return PLM_OK;
}

/* Finds the columns of plain numbers whose quartiles are equal. Returns the number of all columns
 * of plain numbers. spiked: [columns]. */
static int64_t find_spikes(const sample *s, const plm_schema *schema, bool *spiked,
                           plm_recipe_waves *out)
{
    size_t at = 0;
    int64_t plain = 0;
    for (size_t i = 0; i < schema->columns; i++) {
        const plm_column *c = &schema->column[i];
        if (c->role != PLM_ROLE_INPUT || plm_schema_part(schema, i) > 0)
            continue;
        if (c->encoding == PLM_ENCODE_STANDARDIZE) {
            spiked[at] = is_spiked(s->x + at * s->rows, s->rows, s->distance);
            out->spikes += spiked[at];
            plain++;
        }
        at += plm_column_width(c);
    }
    out->spiked = spiked;
    return plain;
}

/* Sets the variance of the target. */
static void measure(sample *s)
{
    double mean = 0;
    for (size_t i = 0; i < s->rows; i++)
        mean += (double)s->y[i] / (double)s->rows;
    for (size_t i = 0; i < s->rows; i += s->step)
        s->variance += ((double)s->y[i] - mean) * ((double)s->y[i] - mean);
}

/* ---- the nearest rows ---- */

/* Sets s->distance to the squared distances of all rows to row i. */
static void find_distances(const sample *s, size_t i)
{
    float *restrict distance = s->distance;
    for (size_t k = 0; k < s->rows; k++)
        distance[k] = 0;
    for (size_t c = 0; c < s->columns; c++) {
        const float *restrict x = s->x + c * s->rows, own = x[i];
        for (size_t k = 0; k < s->rows; k++)
            distance[k] += (x[k] - own) * (x[k] - own);
    }
}

/* Returns the mean target of the rows nearest to row i, without itself. */
static double mean_of_nearest(const sample *s, size_t i)
{
    float best[NEAREST], y[NEAREST];
    double sum = 0;
    for (int k = 0; k < NEAREST; k++)
        best[k] = INFINITY;
    find_distances(s, i);
    for (size_t k = 0; k < s->rows; k++) {
        int at = NEAREST;
        while (at > 0 && s->distance[k] < best[at - 1] && k != i)
            at--;
        for (int m = NEAREST - 1; m > at; m--) {
            best[m] = best[m - 1];
            y[m] = y[m - 1];
        }
        if (at < NEAREST) {
            best[at] = s->distance[k];
            y[at] = s->y[k];
        }
    }
    for (int k = 0; k < NEAREST; k++)
        sum += (double)y[k] / NEAREST;
    return sum;
}

/* Returns R2 of predicting rows by their nearest rows. */
static double near_r2(const sample *s)
{
    double error = 0;
    for (size_t i = 0; i < s->rows; i += s->step) {
        const double e = mean_of_nearest(s, i) - (double)s->y[i];
        error += e * e;
    }
    return 1 - error / s->variance;
}

/* ---- the line ---- */

/* Makes the normal equations of every second row, from row `first` on. A small ridge keeps them
 * solvable if columns say the same. */
static void make_equations(const sample *s, size_t first)
{
    const size_t width = s->columns + 1;
    for (size_t a = 0; a < width; a++) {
        double *row = s->matrix + a * (width + 1);
        for (size_t b = 0; b <= width; b++) {
            double sum = 0;
            for (size_t i = first; i < s->rows; i += 2)
                sum += input(s, a, i) * (b < width ? input(s, b, i) : (double)s->y[i]);
            row[b] = sum;
        }
        row[a] += 1e-3 * (double)s->rows;
    }
}

/* Solves the equations by Gauss and Jordan; the matrix is positive definite, so no pivot is 0. The
 * last column becomes the weights. */
static void solve(const sample *s)
{
    const size_t width = s->columns + 1, stride = width + 1;
    for (size_t p = 0; p < width; p++) {
        double *pivot = s->matrix + p * stride;
        for (size_t a = 0; a < width; a++) {
            double *row = s->matrix + a * stride;
            const double factor = a != p ? row[p] / pivot[p] : 0;
            for (size_t b = p; factor != 0 && b < stride; b++)
                row[b] -= factor * pivot[b];
        }
    }
    for (size_t a = 0; a < width; a++)
        s->matrix[a * stride + width] /= s->matrix[a * stride + a];
}

/* Returns R2 of predicting the same rows by a straight line, fitted to the half of the rows in
 * which the row is not. */
static double line_r2(const sample *s)
{
    const size_t width = s->columns + 1;
    double error = 0;
    for (size_t first = 0; first < 2; first++) {
        make_equations(s, first);
        solve(s);
        for (size_t i = 0; i < s->rows; i += s->step) {
            double e = -(double)s->y[i];
            if (i % 2 == first)
                continue;
            for (size_t a = 0; a < width; a++)
                e += s->matrix[a * (width + 1) + width] * input(s, a, i);
            error += e * e;
        }
    }
    return 1 - error / s->variance;
}

/* ---- both ---- */

/* Compares the two predictions. */
static void compare(sample *s, plm_recipe_waves *out)
{
    for (size_t c = 0; c < s->columns; c++)
        scale(s->x + c * s->rows, s->rows, s->distance);
    measure(s);
    if (!(s->variance > 0))
        return;
    out->near = near_r2(s);
    out->line = line_r2(s);
    out->fast = out->near > out->line;
}

/* True if the rows of the table are in memory and are no series, and there are enough of them. */
static bool is_readable(const plm_job *j)
{
    const plm_source *s = j->data->source;
    return s->schema && !s->series && !s->streamed && s->table[0].rows && s->targets > 0 &&
           s->table[s->inputs].rows && j->data->last - j->data->first >= LEAST_ROWS;
}

/* True if the target is a single number. */
static bool is_number(const plm_schema *schema)
{
    const plm_column *target = plm_schema_target(schema, 0);
    return target && target->encoding == PLM_ENCODE_STANDARDIZE && !plm_schema_target(schema, 1);
}

plm_status plm_recipe_waves_find(const plm_job *j, plm_arena *a, plm_recipe_waves *out)
{
    *out = (plm_recipe_waves){.fast = false};
    if (!is_readable(j))
        return PLM_OK;
    plm_arena own = {.w = j->home};
    const plm_schema *schema = j->data->source->schema;
    sample s = {.columns = j->data->source->table[0].width};
    bool *spiked = plm_arena_array(a, s.columns, sizeof *spiked);
    choose_rows(&s, j->data->last - j->data->first);
    const plm_status status = spiked ? read_rows(j->data, &own, &s) : PLM_E_MEMORY;
    const int64_t plain = status >= 0 ? find_spikes(&s, schema, spiked, out) : 0;
    if (plain > 0 && is_number(schema) && s.columns <= MOST_COLUMNS)
        compare(&s, out);
    plm_arena_free(&own);
    return status;
}
