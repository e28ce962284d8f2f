/* Looks for labels of the validation rows that are coded in another way than those of the training
 * rows: two files whose classes were numbered separately, for example. A net then predicts most of
 * these rows wrong, however well it has learned. */
#include <math.h>
#include <string.h>

#include "doctor/neighbours.h"

/* NEAREST: number of training rows that vote. MAJORITY: votes that are needed. */
enum { NEAREST = 5, MAJORITY = 3, MOST_CLASSES = 64 };

/* LEAST: min number of rows of a class whose label has changed. LEAST_ROWS: of all of them. */
enum { LEAST = 5, LEAST_ROWS = 20 };

/* A class has another label if this share of its rows has it. */
static const double nearly_all = 0.7;

/* Returns the squared distance of two scaled rows. */
static double distance(const float *a, const float *b, int64_t stride)
{
    float sum = 0;
    for (int64_t j = 0; j < stride; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return (double)sum;
}

/* Sets target[NEAREST] to the targets of the training rows that are nearest to a row. */
static void find_nearest(const plm_neighbours *n, const float *row, float *target)
{
    double least[NEAREST];
    for (int k = 0; k < NEAREST; k++) {
        least[k] = INFINITY;
        target[k] = 0;
    }
    for (int64_t i = 0; i < n->rows; i++) {
        const double d = distance(row, n->row + i * n->stride, n->stride);
        int at = NEAREST;
        for (; at > 0 && d < least[at - 1]; at--)
            if (at < NEAREST) {
                least[at] = least[at - 1];
                target[at] = target[at - 1];
            }
        if (at < NEAREST) {
            least[at] = d;
            target[at] = n->target[i];
        }
    }
}

/* Returns the class of most of the training rows that are nearest to a row; -1 = they differ. */
static int predict(const plm_neighbours *n, const float *row)
{
    float target[NEAREST];
    int class[NEAREST];
    find_nearest(n, row, target);
    for (int k = 0; k < NEAREST; k++)
        class[k] = (int)target[k];
    for (int k = 0; k + MAJORITY <= NEAREST; k++) {
        int votes = 0;
        for (int j = k; j < NEAREST; j++)
            votes += class[j] == class[k];
        if (votes >= MAJORITY)
            return class[k];
    }
    return -1;
}

/* Returns the label of most rows of a class, if nearly all of them have it, and another one than
 * the class; otherwise the class itself. row[classes]: number of its rows with each label. */
static int label_of(const int64_t *row, int classes, int own)
{
    int64_t all = 0;
    int most = own;
    for (int k = 0; k < classes; k++) {
        all += row[k];
        most = row[k] > row[most] ? k : most;
    }
    return all >= LEAST && (double)row[most] > nearly_all * (double)all ? most : own;
}

/* Keeps the labels that are a permutation of the classes that have moved; a class whose label is
 * not among these classes has not moved. Repeated, as that may change others. */
static void keep_permutation(int *label, int classes)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (int k = 0; k < classes; k++) {
            int others = 0;
            for (int j = 0; j < classes; j++)
                others += label[j] == k && label[j] != j;
            if (label[k] != k && others != 1) {
                label[k] = k;
                changed = true;
            }
        }
    }
}

/* Sets the result from the counts [classes][classes]: classes by labels. */
static void conclude(const int64_t *count, int classes, plm_recoding *out)
{
    int label[MOST_CLASSES];
    double same = 0, recoded = 0, moved = 0;
    for (int k = 0; k < classes; k++)
        label[k] = label_of(count + k * classes, classes, k);
    keep_permutation(label, classes);
    for (int k = 0; k < classes; k++) {
        const double hits = (double)count[k * classes + label[k]];
        same += (double)count[k * classes + k];
        recoded += hits;
        moved += label[k] != k ? hits : 0;
        if (label[k] == k)
            continue;
        if (out->classes < PLM_RECODED) {
            out->from[out->classes] = k;
            out->to[out->classes] = label[k];
        }
        out->classes++;
    }
    out->same = same / (double)out->rows;
    out->recoded = recoded / (double)out->rows;
    if (moved < LEAST_ROWS)
        out->classes = 0;
}

/* Adds a row of the sample to the counts [classes][classes]. row: scratch memory. Returns 1 if its
 * neighbours agree, otherwise 0. */
static int count_row(const plm_row_sample *s, const plm_data_facts *f, int64_t at, float *row,
                     int64_t *count)
{
    const float label = s->target[at];
    if (!(label >= 0) || !(label < (float)f->classes))
        return 0;
    plm_neighbours_scale(f, s->value + at * s->columns, row);
    const int class = predict(&f->near, row);
    if (class < 0)
        return 0;
    count[class * f->classes + (int)label]++;
    return 1;
}

/* True if the labels can be compared: the classes of the training rows agree with those of their
 * neighbours. */
static bool is_comparable(const plm_row_sample *s, const plm_data_facts *f)
{
    static const double agree = 5; /* standard errors beyond chance */
    return f->classes >= 2 && f->classes <= MOST_CLASSES && s->columns == f->columns &&
           f->near.beyond > agree;
}

/* At most as many rows are compared as there were training rows, evenly spaced. */
plm_status plm_recoding_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    const size_t classes = (size_t)f->classes;
    const int64_t rows = s->count < f->near.rows ? s->count : f->near.rows;
    if (rows < LEAST_ROWS || !is_comparable(s, f))
        return PLM_OK;
    float *row = plm_arena_array(a, (size_t)f->near.stride, sizeof *row);
    int64_t *count = plm_arena_array(a, classes * classes, sizeof *count);
    if (row == NULL || count == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows; i++)
        f->recoding.rows += count_row(s, f, i * s->count / rows, row, count);
    if (f->recoding.rows >= LEAST_ROWS)
        conclude(count, f->classes, &f->recoding);
    return PLM_OK;
}

/* Returns the correlation of the targets of `rows` rows of the sample with the mean targets of the
 * training rows that are nearest to them. Targets are bounded by those of the training rows, so
 * that an outlier does not decide. row: scratch memory. */
static double follow(const plm_row_sample *s, const plm_data_facts *f, int64_t rows, float *row)
{
    double y = 0, z = 0, yy = 0, zz = 0, yz = 0;
    float low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < f->near.rows; i++) {
        low = fminf(low, f->near.target[i]);
        high = fmaxf(high, f->near.target[i]);
    }
    for (int64_t i = 0; i < rows; i++) {
        const int64_t at = i * s->count / rows;
        float target[NEAREST];
        double mean = 0;
        plm_neighbours_scale(f, s->value + at * s->columns, row);
        find_nearest(&f->near, row, target);
        for (int k = 0; k < NEAREST; k++)
            mean += (double)target[k] / NEAREST;
        const double own = (double)fminf(high, fmaxf(low, s->target[at]));
        y += own / (double)rows;
        z += mean / (double)rows;
        yy += own * own / (double)rows;
        zz += mean * mean / (double)rows;
        yz += own * mean / (double)rows;
    }
    return (yz - y * z) / sqrt((yy - y * y) * (zz - z * z));
}

plm_status plm_followed_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    const int64_t rows = s->count < f->near.rows ? s->count : f->near.rows;
    f->recoding.correlation = (double)NAN;
    if (rows < LEAST_ROWS || s->columns != f->columns)
        return PLM_OK;
    float *row = plm_arena_array(a, (size_t)f->near.stride, sizeof *row);
    if (row == NULL)
        return PLM_E_MEMORY;
    f->recoding.rows = rows;
    f->recoding.correlation = follow(s, f, rows, row);
    return PLM_OK;
}
