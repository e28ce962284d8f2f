/* Metrics of predicted classes: accuracy, of each class and in total, and how well the
 * probabilities are calibrated. Everything is prepared once for each row: predicted class, loss,
 * confidence, order by score. A sample is then only a weight for each row (how often it was drawn),
 * and its metrics are weighted sums over the rows: that makes a thousand samples affordable. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/assessment.h"
#include "kernel/per_isa.h"

enum { ACCURACY, BALANCED, F1, LOG_LOSS, ECE, AUC, FIGURES, LANES = PLM_LANES_OF_SAMPLES };

/* A sum in each sample. */
typedef struct {
    double of[LANES];
} sums;

/* The rows in a bin of the calibration, in each sample: their number, the sum of their confidences,
 * and how many are predicted correctly. */
typedef struct {
    sums rows, confidence, right;
} bin_sum;

/* Counts for a class in each sample. is: rows whose true class it is. said: rows that are predicted
 * as this class. both: rows that are correctly predicted as this class. */
typedef struct {
    sums is, said, both;
} class_sum;

/* Sums over the rows of samples. */
typedef struct {
    sums rows, loss, right;
    bin_sum bin[PLM_BINS];
    class_sum *of_class; /* [classes] */
} totals;

/* The area under the ROC curve of each sample while rows are added by ascending score. sum: number
 * of pairs of a row of class 1 and a row of class 0 with a lower score. below, above: rows of class
 * 0 and of class 1 with lower scores. zeros, ones: rows of class 0 and of class 1 with the current
 * score. */
typedef struct {
    sums sum, below, above, zeros, ones;
} area;

/* The rows that are measured. */
typedef struct {
    const char *isa; /* instruction set */
    size_t lanes;    /* PLM_LANES_OF_SAMPLES */
    const plm_predicted_target *t;
    int64_t rows;
    int classes;
    int *guess;         /* [rows] the predicted class */
    double *loss;       /* [rows] -log of the probability of the true class */
    double *confidence; /* [rows] the probability of the predicted class */
    int64_t *order;     /* [rows] row indices by ascending probability of class 1; NULL = there are
                         * not two classes */
    totals *total;      /* [threads] */
    bool each;          /* true = the metrics of each class are computed, too */
} classes;

/* Returns the bin of the calibration that a confidence belongs to. */
static int bin_of(double confidence)
{
    const int bin = (int)(confidence * PLM_BINS);
    return bin < 0 ? 0 : bin >= PLM_BINS ? PLM_BINS - 1 : bin;
}

/* Adds `value` to the sum of each sample, as often as the sample has the row. A value that is not
 * finite changes only the samples that have the row. */
static PLM_BODY void add(double *restrict sum, const uint32_t *restrict count, size_t lanes,
                         double value)
{
    for (size_t k = 0; k < PLM_WHOLE(lanes); k++)
        sum[k] += count[k] > 0 ? count[k] * value : 0;
}

/* Sums the rows of samples. */
static PLM_BODY void sum_rows_body(const classes *restrict c, const plm_counts *restrict count,
                                   totals *restrict s)
{
    const size_t n = c->lanes;
    for (int64_t i = 0; i < c->rows; i++) {
        const uint32_t *of = count[i].of;
        const int is = c->t->truth[i], said = c->guess[i];
        bin_sum *b = &s->bin[bin_of(c->confidence[i])];
        add(s->rows.of, of, n, 1);
        add(s->loss.of, of, n, c->loss[i]);
        add(s->of_class[is].is.of, of, n, 1);
        add(s->of_class[said].said.of, of, n, 1);
        add(b->rows.of, of, n, 1);
        add(b->confidence.of, of, n, c->confidence[i]);
        if (is != said)
            continue;
        add(s->right.of, of, n, 1);
        add(s->of_class[is].both.of, of, n, 1);
        add(b->right.of, of, n, 1);
    }
}
PLM_PER_ISA(sum_rows,
            (const char *isa, const classes *restrict c, const plm_counts *restrict count,
             totals *restrict s),
            (c, count, s))

/* Sets *s to the sums of each sample over its rows. count: how often each row occurs in each
 * sample. */
static void set_totals(const classes *c, const plm_counts *count, totals *s)
{
    *s = (totals){.of_class = s->of_class};
    memset(s->of_class, 0, (size_t)c->classes * sizeof *s->of_class);
    sum_rows(c->isa, c, count, s);
}

/* Returns a / b, or NaN if b is 0. */
static double share(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

/* Returns the expected calibration error: the mean over the bins, weighted by their rows, of the
 * difference between confidence and accuracy (Guo et al., On calibration of modern neural networks,
 * ICML 2017). */
static double calibration_error(const totals *s, int lane)
{
    double sum = 0;
    for (int i = 0; i < PLM_BINS; i++)
        sum += fabs(s->bin[i].confidence.of[lane] - s->bin[i].right.of[lane]);
    return share(sum, s->rows.of[lane]);
}

/* Called when all rows with the same score are counted (ones: of class 1, zeros: of class 0). Adds
 * the pairs of such a row of class 1 with a row of class 0 that has a lower score; pairs with equal
 * scores count one half. Then these rows join those with lower scores. */
static PLM_BODY void add_score(area *restrict a, size_t lanes)
{
    for (size_t k = 0; k < PLM_WHOLE(lanes); k++) {
        a->sum.of[k] += a->ones.of[k] * (a->below.of[k] + a->zeros.of[k] / 2);
        a->below.of[k] += a->zeros.of[k];
        a->above.of[k] += a->ones.of[k];
        a->zeros.of[k] = a->ones.of[k] = 0;
    }
}

/* Goes through the rows by rising score. */
static PLM_BODY void sum_scores_body(const classes *restrict c, const plm_counts *restrict count,
                                     area *restrict a)
{
    for (int64_t i = 0; i < c->rows;) {
        const float score = c->t->probability[2 * c->order[i] + 1];
        for (; i < c->rows && c->t->probability[2 * c->order[i] + 1] <= score; i++)
            add(c->t->truth[c->order[i]] == 1 ? a->ones.of : a->zeros.of, count[c->order[i]].of,
                c->lanes, 1);
        add_score(a, c->lanes);
    }
}
PLM_PER_ISA(sum_scores,
            (const char *isa, const classes *restrict c, const plm_counts *restrict count,
             area *restrict a),
            (c, count, a))

/* Sets the area under the ROC curve of each sample: the probability that a row of class 1 has a
 * higher score than a row of class 0, where equal scores count one half. out: [lanes][figures]. */
static void set_areas(const classes *c, const plm_counts *count, double *out, size_t figures)
{
    area a = {.sum = {{0}}};
    sum_scores(c->isa, c, count, &a);
    for (int k = 0; k < LANES; k++)
        out[(size_t)k * figures + AUC] = share(a.sum.of[k], a.below.of[k] * a.above.of[k]);
}

/* Sets out[3] to precision, recall and F1 of a class in the sample number `lane`. A class that has
 * rows but is never predicted has a precision of 0, as in scikit-learn. */
static void of_class(const class_sum *s, int lane, double *out)
{
    const double is = s->is.of[lane], said = s->said.of[lane], both = s->both.of[lane];
    out[0] = said > 0 ? both / said : is > 0 ? 0 : (double)NAN;
    out[1] = share(both, is);
    out[2] = is > 0 || said > 0 ? 2 * both / (is + said) : (double)NAN;
}

/* Computes the metrics of the sample number `lane`, except AUC. If c->each is true, three metrics
 * of each class follow. */
static void finish(const classes *c, const totals *s, int lane, double *out)
{
    double recall = 0, f1 = 0, of[3];
    int known = 0, seen = 0;
    for (int k = 0; k < c->classes; k++) {
        double *is = c->each ? out + FIGURES + 3 * k : of;
        of_class(&s->of_class[k], lane, is);
        known += !isnan(is[1]);
        recall += isnan(is[1]) ? 0 : is[1];
        seen += !isnan(is[2]);
        f1 += isnan(is[2]) ? 0 : is[2];
    }
    out[ACCURACY] = share(s->right.of[lane], s->rows.of[lane]);
    out[BALANCED] = share(recall, known);
    out[F1] = share(f1, seen);
    out[LOG_LOSS] = share(s->loss.of[lane], s->rows.of[lane]);
    out[ECE] = calibration_error(s, lane);
    out[AUC] = (double)NAN;
}

/* Returns the number of metrics of a sample, including those of the single classes. */
static int figures_of(const classes *c)
{
    return FIGURES + (c->each ? 3 * c->classes : 0);
}

/* Computes all metrics of samples, see plm_sample_figures. */
static void measure(void *self, int thread, const plm_counts *count, double *out)
{
    const classes *c = self;
    const size_t figures = (size_t)figures_of(c);
    totals *s = &c->total[thread];
    set_totals(c, count, s);
    for (int k = 0; k < LANES; k++)
        finish(c, s, k, out + (size_t)k * figures);
    if (c->order)
        set_areas(c, count, out, figures);
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

/* Allocates the sums of each thread. */
static plm_status take_totals(classes *c, int threads, plm_arena *a)
{
    c->total = plm_arena_array(a, (size_t)threads, sizeof *c->total);
    for (int i = 0; c->total && i < threads; i++) {
        c->total[i].of_class = plm_arena_array(a, (size_t)c->classes, sizeof *c->total[i].of_class);
        if (!c->total[i].of_class)
            return PLM_E_MEMORY;
    }
    return c->total ? PLM_OK : PLM_E_MEMORY;
}

/* Fills what the metrics need of each row. */
static plm_status prepare(classes *c, plm_arena *a)
{
    const size_t rows = (size_t)c->rows + 1;
    c->guess = plm_arena_array(a, rows, sizeof *c->guess);
    c->loss = plm_arena_array(a, rows, sizeof *c->loss);
    c->confidence = plm_arena_array(a, rows, sizeof *c->confidence);
    if (!c->guess || !c->loss || !c->confidence)
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
 * predicting it. ones: each row is used once. Afterwards c->total holds the sums over all rows, in
 * lane 0. */
static void fill_sums(classes *c, plm_assessment *s, const plm_counts *ones)
{
    const totals *t = c->total;
    set_totals(c, ones, c->total);
    for (int i = 0; i < PLM_BINS; i++) {
        const bin_sum *b = &t->bin[i];
        s->bin[i] = (plm_calibration_bin){.low = (double)i / PLM_BINS,
                                          .high = (double)(i + 1) / PLM_BINS,
                                          .confidence = share(b->confidence.of[0], b->rows.of[0]),
                                          .accuracy = share(b->right.of[0], b->rows.of[0]),
                                          .rows = (int64_t)b->rows.of[0]};
    }
    for (int k = 1; k < c->classes; k++)
        if (t->of_class[k].is.of[0] > t->of_class[s->common].is.of[0])
            s->common = k;
    s->without = share(t->of_class[s->common].is.of[0], t->rows.of[0]);
}

/* For a metric that is a share of `rows` rows: if it is 0 or 1, all samples have the same value, so
 * sets Wilson's interval and returns true. Otherwise returns false. */
static bool set_wilson(plm_interval *is, int64_t rows)
{
    const double z = 1.959963984540054, beyond = z * z / ((double)rows + z * z);
    if (!(is->value <= 0 || is->value >= 1) || rows == 0)
        return false;
    is->low = is->value > 0 ? 1 - beyond : 0;
    is->high = is->value > 0 ? 1 : beyond;
    return true;
}

/* Removes the interval of a metric that is 0 or 1 in all samples: an interval without width says
 * nothing, and Wilson's does not apply, as the metric is not a share of rows. */
static void forget_equal(plm_interval *is)
{
    if ((is->value <= 0 || is->value >= 1) && is->low == is->high)
        is->low = is->high = (double)NAN;
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
    for (int k = 0; k < c->classes; k++) {
        const class_sum *sum = &c->total->of_class[k];
        plm_class_figures *f = &s->of_class[k];
        *f = (plm_class_figures){.precision = is[3 * k],
                                 .recall = is[3 * k + 1],
                                 .f1 = is[3 * k + 2],
                                 .rows = (int64_t)sum->is.of[0]};
        (void)set_wilson(&f->precision, (int64_t)sum->said.of[0]);
        (void)set_wilson(&f->recall, f->rows);
        forget_equal(&f->f1);
    }
    return PLM_OK;
}

/* Assesses classes. Metrics of single classes are left out if there are many classes. AUC exists
 * for two classes only. */
plm_status plm_assess_classes(plm_bootstrap *b, plm_assessment *s)
{
    static const plm_figure known[FIGURES] = {
        {.name = "accuracy", .help = "share of the rows that are predicted correctly"},
        {.name = "balanced_accuracy", .help = "mean recall of the classes"},
        {.name = "f1", .help = "mean F1 of the classes"},
        {.name = "log_loss", .help = "mean of -log(probability of the true class)"},
        {.name = "ece", .help = "mean difference between confidence and accuracy"},
        {.name = "auc", .help = "area under the ROC curve"}};
    classes c = {.isa = b->a->w->options.isa,
                 .lanes = LANES,
                 .t = s->target,
                 .rows = s->rows,
                 .classes = s->target->classes,
                 .each = s->target->classes <= PLM_CLASS_TABLE};
    plm_bootstrap_plan(b);
    PLM_TRY(prepare(&c, b->a));
    PLM_TRY(take_totals(&c, b->threads, b->a));
    b->figures = figures_of(&c);
    b->measure = measure;
    b->self = &c;
    plm_interval *is = plm_arena_array(b->a, (size_t)b->figures, sizeof *is);
    plm_counts *ones = plm_arena_array(b->a, (size_t)b->rows + 1, sizeof *ones);
    if (!is || !ones)
        return PLM_E_MEMORY;
    PLM_TRY(plm_bootstrap_run(b, is));
    s->wilson = set_wilson(&is[ACCURACY], b->rows);
    forget_equal(&is[BALANCED]);
    forget_equal(&is[F1]);
    forget_equal(&is[AUC]);
    for (int k = 0; k < FIGURES; k++)
        if (k != AUC || c.order) {
            s->figure[s->figures] = known[k];
            s->figure[s->figures++].is = is[k];
        }
    for (int64_t i = 0; i < b->rows; i++)
        ones[i].of[0] = 1;
    fill_sums(&c, s, ones);
    return c.each ? fill_classes(&c, s, b->a, is + FIGURES) : PLM_OK;
}
