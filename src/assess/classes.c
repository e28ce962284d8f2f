/* Metrics of predicted classes: how many rows are predicted correctly, of each class and in all,
 * and how well the probabilities are calibrated.
 *
 * Everything is prepared once for each row: predicted class, loss, confidence, order by score. A
 * sample is then only a number of times that each row counts, and its metrics are sums over the
 * rows: that makes a thousand samples affordable. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/assessment.h"

enum { ACCURACY, BALANCED, F1, LOG_LOSS, ECE, AUC, FIGURES };

/* The rows that are measured. */
typedef struct {
    const plm_predicted_target *t;
    int64_t rows;
    int classes;
    int *guess;         /* [rows] the predicted class */
    double *loss;       /* [rows] -log of the probability of the true class */
    double *confidence; /* [rows] the probability of the predicted class */
    int64_t *order;     /* [rows] by rising probability of class 1; NULL = not two classes */
    /* [classes][3] memory for counts of rows: of this class, predicted as it, both */
    double *tally;
    bool each; /* the metrics of each class are wanted, too */
} classes;

/* Sums over the rows in a bin of the calibration. */
typedef struct {
    double rows, confidence, right;
} bin_sum;

/* Returns the bin of the calibration that a confidence belongs to. */
static int bin_of(double confidence)
{
    const int bin = (int)(confidence * PLM_BINS);
    return bin < 0 ? 0 : bin >= PLM_BINS ? PLM_BINS - 1 : bin;
}

/* Sums the rows of a sample: by class into c->tally, by confidence into bin[PLM_BINS]. Returns the
 * number of rows; *loss: sum of their losses. *right: how many are predicted correctly. */
static double sum_rows(classes *c, const uint32_t *count, bin_sum *bin, double *loss, double *right)
{
    double rows = 0;
    *loss = *right = 0;
    memset(c->tally, 0, 3 * (size_t)c->classes * sizeof *c->tally);
    memset(bin, 0, PLM_BINS * sizeof *bin);
    for (int64_t i = 0; i < c->rows; i++) {
        const double n = count[i];
        const int is = c->t->truth[i], said = c->guess[i];
        bin_sum *b = &bin[bin_of(c->confidence[i])];
        if (count[i] == 0)
            continue;
        rows += n;
        *loss += n * c->loss[i];
        c->tally[3 * is] += n;
        c->tally[3 * said + 1] += n;
        b->rows += n;
        b->confidence += n * c->confidence[i];
        if (is != said)
            continue;
        *right += n;
        c->tally[3 * is + 2] += n;
        b->right += n;
    }
    return rows;
}

/* Returns a / b, or NaN if b is 0. */
static double share(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

/* Returns the expected calibration error: the mean over the bins, weighted by their rows, of the
 * difference between confidence and accuracy (Guo et al., On calibration of modern neural networks,
 * ICML 2017). */
static double calibration_error(const bin_sum *bin, double rows)
{
    double sum = 0;
    for (int i = 0; i < PLM_BINS; i++)
        sum += fabs(bin[i].confidence - bin[i].right);
    return share(sum, rows);
}

/* Returns the probability that a row of class 1 has a higher score than a row of class 0, where
 * equal scores count one half: the area under the ROC curve. */
static double area(const classes *c, const uint32_t *count)
{
    double below = 0, above = 0, sum = 0;
    for (int64_t i = 0; i < c->rows;) {
        const float score = c->t->probability[2 * c->order[i] + 1];
        double zeros = 0, ones = 0;
        for (; i < c->rows && c->t->probability[2 * c->order[i] + 1] <= score; i++)
            *(c->t->truth[c->order[i]] == 1 ? &ones : &zeros) += count[c->order[i]];
        sum += ones * (below + zeros / 2);
        below += zeros;
        above += ones;
    }
    return share(sum, below * above);
}

/* Fills precision, recall and F1 of class k: out[3]. A class that is never predicted has a
 * precision of 0, as in scikit-learn, unless it has no rows. */
static void of_class(const double *tally, double *out)
{
    const bool seen = tally[0] > 0 || tally[1] > 0;
    out[0] = tally[1] > 0 ? tally[2] / tally[1] : tally[0] > 0 ? 0 : (double)NAN;
    out[1] = share(tally[2], tally[0]);
    out[2] = seen ? 2 * tally[2] / (tally[0] + tally[1]) : (double)NAN;
}

/* Computes all metrics of a sample, see plm_sample_figures. They are followed by three metrics of
 * each class if c->each. */
static void measure(void *self, const uint32_t *count, double *out)
{
    classes *c = self;
    bin_sum bin[PLM_BINS];
    double loss = 0, right = 0, recall = 0, f1 = 0, of[3];
    int known = 0, seen = 0;
    const double rows = sum_rows(c, count, bin, &loss, &right);
    for (int k = 0; k < c->classes; k++) {
        of_class(c->tally + 3 * k, c->each ? out + FIGURES + 3 * k : of);
        const double *is = c->each ? out + FIGURES + 3 * k : of;
        known += !isnan(is[1]);
        recall += isnan(is[1]) ? 0 : is[1];
        seen += !isnan(is[2]);
        f1 += isnan(is[2]) ? 0 : is[2];
    }
    out[ACCURACY] = share(right, rows);
    out[BALANCED] = share(recall, known);
    out[F1] = share(f1, seen);
    out[LOG_LOSS] = share(loss, rows);
    out[ECE] = calibration_error(bin, rows);
    out[AUC] = c->order ? area(c, count) : (double)NAN;
}

/* ---- before the samples ---- */

/* A row and its score, to be sorted. */
typedef struct {
    float score;
    int64_t row;
} scored;

/* Compares two rows by their score for qsort, lower scores first. */
static int by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->score < y->score || x->score > y->score)
        return x->score > y->score ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Sorts the rows by the probability of class 1. */
static plm_status sort_rows(classes *c, plm_arena *a)
{
    scored *list = plm_arena_array(a, (size_t)c->rows + 1, sizeof *list);
    c->order = plm_arena_array(a, (size_t)c->rows + 1, sizeof *c->order);
    if (!list || !c->order)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < c->rows; i++)
        list[i] = (scored){c->t->probability[2 * i + 1], i};
    qsort(list, (size_t)c->rows, sizeof *list, by_score);
    for (int64_t i = 0; i < c->rows; i++)
        c->order[i] = list[i].row;
    return PLM_OK;
}

/* Fills what the figures need of each row. */
static plm_status prepare(classes *c, plm_arena *a)
{
    const size_t rows = (size_t)c->rows + 1;
    c->guess = plm_arena_array(a, rows, sizeof *c->guess);
    c->loss = plm_arena_array(a, rows, sizeof *c->loss);
    c->confidence = plm_arena_array(a, rows, sizeof *c->confidence);
    c->tally = plm_arena_array(a, 3 * (size_t)c->classes, sizeof *c->tally);
    if (!c->guess || !c->loss || !c->confidence || !c->tally)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < c->rows; i++) {
        const float *p = c->t->probability + i * c->classes;
        c->guess[i] = plm_predicted_class(c->t, i);
        c->confidence[i] = (double)p[c->guess[i]];
        c->loss[i] = plm_predicted_class_loss((double)p[c->t->truth[i]]);
    }
    return c->classes == 2 ? sort_rows(c, a) : PLM_OK;
}

/* ---- tables ---- */

/* Fills the bins of the calibration, and finds the most frequent class and the accuracy of always
 * predicting it. Afterwards c->tally counts all rows. */
static void fill_sums(classes *c, plm_assessment *s, uint32_t *ones)
{
    bin_sum bin[PLM_BINS];
    double loss = 0, right = 0;
    const double rows = sum_rows(c, ones, bin, &loss, &right);
    for (int i = 0; i < PLM_BINS; i++)
        s->bin[i] = (plm_calibration_bin){.low = (double)i / PLM_BINS,
                                          .high = (double)(i + 1) / PLM_BINS,
                                          .confidence = share(bin[i].confidence, bin[i].rows),
                                          .accuracy = share(bin[i].right, bin[i].rows),
                                          .rows = (int64_t)bin[i].rows};
    for (int k = 1; k < c->classes; k++)
        if (c->tally[3 * k] > c->tally[3 * s->common])
            s->common = k;
    s->without = share(c->tally[3 * s->common], rows);
}

/* Fills the confusion matrix and the metrics of each class. is: [classes][3]: precision, recall,
 * F1. */
static plm_status fill_classes(const classes *c, plm_assessment *s, plm_arena *a,
                               const plm_interval *is)
{
    const size_t n = (size_t)c->classes;
    s->confusion = plm_arena_array(a, n * n, sizeof *s->confusion);
    s->of_class = plm_arena_array(a, n, sizeof *s->of_class);
    if (!s->confusion || !s->of_class)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < c->rows; i++)
        s->confusion[c->t->truth[i] * c->classes + c->guess[i]]++;
    for (int k = 0; k < c->classes; k++)
        s->of_class[k] = (plm_class_figures){.precision = is[3 * k],
                                             .recall = is[3 * k + 1],
                                             .f1 = is[3 * k + 2],
                                             .rows = (int64_t)c->tally[3 * k]};
    return PLM_OK;
}

/* Sets Wilson's interval of an accuracy of 0 or 1, which all samples have, and returns true;
 * false = another accuracy. */
static bool set_wilson(plm_interval *is, int64_t rows)
{
    const double z = 1.959963984540054, beyond = z * z / ((double)rows + z * z);
    if (is->value > 0 && is->value < 1)
        return false;
    is->low = is->value > 0 ? 1 - beyond : 0;
    is->high = is->value > 0 ? 1 : beyond;
    return true;
}

/* Metrics of single classes are left out if there are many classes. AUC exists for two classes
 * only. */
plm_status plm_assess_classes(plm_bootstrap *b, plm_assessment *s)
{
    static const plm_figure known[FIGURES] = {
        {.name = "accuracy", .help = "share of the rows that are predicted correctly"},
        {.name = "balanced_accuracy", .help = "mean recall of the classes"},
        {.name = "f1", .help = "mean F1 of the classes"},
        {.name = "log_loss", .help = "mean of -log(probability of the true class)"},
        {.name = "ece", .help = "mean difference between confidence and accuracy"},
        {.name = "auc", .help = "area under the ROC curve"}};
    classes c = {.t = s->target,
                 .rows = s->rows,
                 .classes = s->target->classes,
                 .each = s->target->classes <= PLM_CLASS_TABLE};
    PLM_TRY(prepare(&c, b->a));
    b->figures = FIGURES + (c.each ? 3 * c.classes : 0);
    b->measure = measure;
    b->self = &c;
    plm_interval *is = plm_arena_array(b->a, (size_t)b->figures, sizeof *is);
    uint32_t *ones = plm_arena_array(b->a, (size_t)b->rows + 1, sizeof *ones);
    if (!is || !ones)
        return PLM_E_MEMORY;
    PLM_TRY(plm_bootstrap_run(b, is));
    s->wilson = set_wilson(&is[ACCURACY], b->rows);
    for (int k = 0; k < FIGURES; k++)
        if (k != AUC || c.order) {
            s->figure[s->figures] = known[k];
            s->figure[s->figures++].is = is[k];
        }
    for (int64_t i = 0; i < b->rows; i++)
        ones[i] = 1;
    fill_sums(&c, s, ones);
    return c.each ? fill_classes(&c, s, b->a, is + FIGURES) : PLM_OK;
}
