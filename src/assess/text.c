/* Writes an assessment as text for a terminal: metrics with their intervals, the confusion matrix,
 * the metrics of each class, the calibration. Everything must be readable on a screen of 40
 * columns, too. Each table is laid out first and measured; if it is too wide, another form replaces
 * it: intervals go below their metrics, or a list of the most frequent confusions replaces the
 * matrix. If that is not enough, names are cut. The size of a metric decides how many decimals it
 * has. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/notation.h"
#include "assess/assess.h"
#include "assess/grid.h"
#include "base/metric_text.h"

/* LABEL: max characters of a class name. CONFUSIONS: max number of confusions that are listed if
 * the matrix does not fit. NAMES: columns of names, which may be cut (plm_grid_fit). */
enum { LABEL = 16, CONFUSIONS = 10, NAMES = 1, BOTH_NAMES = 3, EVERYTHING = 1 << 20 };

/* Returns the number of decimals for a metric of this size: as many as in the log of a training.
 * Values that the log would write with an exponent get 7 decimals if they are small, none if they
 * are large. */
int plm_figure_decimals(double size)
{
    const int decimals = plm_metric_decimals(size);
    return decimals >= 0 ? decimals : fabs(size) < 1 ? 7 : 0;
}

/* Writes a metric. From 1e12 on, it has six significant digits: more would be wider than the
 * numbers of the other rows, and no metric is that exact. */
void plm_figure_write(char out[32], double value, int decimals)
{
    if (isnan(value))
        snprintf(out, 32, "-");
    else if (fabs(value) >= 1e12)
        plm_print(out, 32, "%.6g", value);
    else
        plm_print(out, 32, "%.*f", decimals, value);
    /* what is rounded to 0 has no sign */
    if (out[0] == '-' && out[1] != '\0' && strspn(out + 1, "0.") == strlen(out + 1))
        memmove(out, out + 1, strlen(out));
}

/* Writes a metric without its interval, with the number of decimals that fits its size. */
void plm_figure_print(double value, char out[32])
{
    plm_figure_write(out, value, plm_figure_decimals(value));
}

/* Adds a row to the table: name, value, interval. narrow: the interval gets a separate row below.
 * */
static void add_figure(plm_grid *g, const plm_figure *f, bool narrow)
{
    char value[32], low[32], high[32];
    const int row = plm_grid_row(g), decimals = plm_figure_decimals(f->is.value);
    plm_figure_write(value, f->is.value, decimals);
    plm_figure_write(low, f->is.low, decimals);
    plm_figure_write(high, f->is.high, decimals);
    plm_grid_set(g, row, 0, 0, "%s", f->name);
    plm_grid_set(g, row, 1, 0, "%s", value);
    if (!isnan(f->is.low))
        plm_grid_set(g, narrow ? plm_grid_row(g) : row, narrow ? 1 : 2, 0, "%s to %s", low, high);
}

/* Fills the table with the logged metrics and the metrics of the assessment. */
static void fill_figures(plm_grid *g, const plm_assessment *s, const plm_log *log, int logs,
                         bool narrow)
{
    const int head = plm_grid_row(g);
    plm_grid_set(g, head, narrow ? 1 : 2, 0, "95 %% interval");
    for (int i = 0; i < logs; i++) {
        char value[32];
        const int row = plm_grid_row(g);
        plm_metric_text(value, sizeof value, log[i].value);
        plm_grid_set(g, row, 0, 0, "%s", log[i].name);
        plm_grid_set(g, row, 1, 0, "%s", value);
    }
    for (int i = 0; i < s->figures; i++)
        add_figure(g, &s->figure[i], narrow);
}

/* Appends the metric that a constant prediction would have and, for a time series, that of
 * predicting the value of the row before. */
static void add_baseline(plm_text *t, const plm_assessment *s, int width)
{
    plm_text line = {.w = t->w};
    char value[32];
    plm_figure_print(s->without, value);
    if (s->target->classes > 0) {
        plm_text_add(&line, "baseline (always predicts '");
        plm_text_add_printable(&line, s->target->label[s->common]);
        plm_text_format(&line, "'): accuracy %s", value);
    } else {
        plm_text_format(&line, "baseline (always predicts the mean of %s rows): rmse %s",
                        isnan(s->target->mean) ? "these" : "the training", value);
    }
    plm_text_wrap(t, 0, 2, width, plm_text_get(&line));
    if (!isnan(s->before)) {
        line.length = 0;
        plm_figure_print(s->before, value);
        plm_text_format(&line, "baseline (predicts the value of the row before): rmse %s", value);
        plm_text_wrap(t, 0, 2, width, plm_text_get(&line));
    }
    plm_text_done(t, &line);
}

/* Appends all metrics. */
static void add_figures(plm_text *t, const plm_assessment *s, const plm_log *log, int logs,
                        int width)
{
    plm_grid g = {.w = t->w};
    plm_grid_open(&g, 3);
    fill_figures(&g, s, log, logs, false);
    if (plm_grid_width(&g) > width) {
        plm_grid_free(&g);
        plm_grid_open(&g, 2);
        fill_figures(&g, s, log, logs, true);
        (void)plm_grid_fit(&g, NAMES, width);
    }
    plm_grid_print(&g, t);
    if (s->wilson)
        plm_text_wrap(t, 0, 2, width,
                      "all bootstrap samples have the same accuracy, so its interval is Wilson's "
                      "score interval");
    add_baseline(t, s, width);
}

/* ---- classes ---- */

/* Fills the confusion matrix: rows are true classes, columns predicted classes. */
static void fill_matrix(plm_grid *g, const plm_assessment *s)
{
    const plm_predicted_target *c = s->target;
    const int head = plm_grid_row(g);
    for (int k = 0; k < c->classes; k++)
        plm_grid_set(g, head, k + 1, LABEL, "%s", c->label[k]);
    for (int i = 0; i < c->classes; i++) {
        const int row = plm_grid_row(g);
        plm_grid_set(g, row, 0, LABEL, "%s", c->label[i]);
        for (int k = 0; k < c->classes; k++)
            plm_grid_set(g, row, k + 1, 0, "%lld", (long long)s->confusion[i * c->classes + k]);
    }
}

/* Finds the next confusion (a pair of true and predicted class) by descending number of rows, after
 * the one with *count rows at index *at. Sets *count and *at to those of the next one. False: there
 * are no more. */
static bool next_confusion(const plm_assessment *s, int64_t *count, int64_t *at)
{
    const int64_t n = s->target->classes;
    int64_t best = -1;
    for (int64_t i = 0; i < n * n; i++) {
        const int64_t rows = i / n == i % n ? 0 : s->confusion[i];
        if (rows == 0 || rows > *count || (rows == *count && i <= *at))
            continue;
        if (best < 0 || rows > s->confusion[best])
            best = i;
    }
    *at = best;
    *count = best < 0 ? 0 : s->confusion[best];
    return best >= 0;
}

/* Appends the most frequent confusions, one per line. */
static void add_confusions(plm_text *t, const plm_assessment *s, int width)
{
    plm_grid g = {.w = t->w};
    int64_t count = INT64_MAX, at = -1;
    const int n = s->target->classes;
    plm_grid_open(&g, 3);
    const int head = plm_grid_row(&g);
    plm_grid_set(&g, head, 0, 0, "true class");
    plm_grid_set(&g, head, 1, 0, "predicted");
    plm_grid_set(&g, head, 2, 0, "rows");
    for (int i = 0; i < CONFUSIONS && next_confusion(s, &count, &at); i++) {
        const int row = plm_grid_row(&g);
        plm_grid_set(&g, row, 0, LABEL, "%s", s->target->label[at / n]);
        plm_grid_set(&g, row, 1, LABEL, "%s", s->target->label[at % n]);
        plm_grid_set(&g, row, 2, 0, "%lld", (long long)count);
    }
    (void)plm_grid_fit(&g, BOTH_NAMES, width);
    plm_text_add(t, g.rows > 1 ? "\nmost frequent confusions\n" : "\nno row is confused\n");
    if (g.rows > 1)
        plm_grid_print(&g, t);
    else
        plm_grid_free(&g);
}

/* Appends the confusion matrix or, if it is too wide, the most frequent confusions. */
static void add_confusion(plm_text *t, const plm_assessment *s, int width)
{
    plm_grid g = {.w = t->w};
    plm_grid_open(&g, s->target->classes + 1);
    fill_matrix(&g, s);
    if (plm_grid_width(&g) > width || s->target->classes > 40) {
        plm_grid_free(&g);
        add_confusions(t, s, width);
        return;
    }
    plm_text_add(t, "\n");
    plm_text_wrap(t, 0, 2, width,
                  "confusion matrix: rows are true classes, columns predicted classes");
    plm_grid_print(&g, t);
}

/* Appends precision, recall, F1 and rows of each class. */
static void add_classes(plm_text *t, const plm_assessment *s, int width)
{
    static const char *const title[] = {"class", "precision", "recall", "f1", "rows"};
    plm_grid g = {.w = t->w};
    plm_grid_open(&g, 5);
    const int head = plm_grid_row(&g);
    for (int k = 0; k < 5; k++)
        plm_grid_set(&g, head, k, 0, "%s", title[k]);
    for (int i = 0; i < s->target->classes; i++) {
        const plm_class_figures *c = &s->of_class[i];
        const double value[] = {c->precision.value, c->recall.value, c->f1.value};
        const int row = plm_grid_row(&g);
        plm_grid_set(&g, row, 0, LABEL, "%s", s->target->label[i]);
        for (int k = 0; k < 3; k++) {
            char text[32];
            plm_figure_write(text, value[k], 4);
            plm_grid_set(&g, row, k + 1, 0, "%s", text);
        }
        plm_grid_set(&g, row, 4, 0, "%lld", (long long)c->rows);
    }
    if (!plm_grid_fit(&g, NAMES, width))
        plm_grid_set(&g, head, 1, 0, "prec.");
    plm_text_add(t, "\n");
    plm_grid_print(&g, t);
}

/* Appends the bins of the calibration that have rows. */
static void add_calibration(plm_text *t, const plm_assessment *s)
{
    static const char *const title[] = {"confidence", "mean", "right", "rows"};
    plm_grid g = {.w = t->w};
    plm_grid_open(&g, 4);
    const int head = plm_grid_row(&g);
    for (int k = 0; k < 4; k++)
        plm_grid_set(&g, head, k, 0, "%s", title[k]);
    for (int i = 0; i < PLM_BINS; i++) {
        const plm_calibration_bin *b = &s->bin[i];
        if (b->rows == 0)
            continue;
        const int row = plm_grid_row(&g);
        plm_grid_set(&g, row, 0, 0, "%.1f to %.1f", b->low, b->high);
        plm_grid_set(&g, row, 1, 0, "%.3f", b->confidence);
        plm_grid_set(&g, row, 2, 0, "%.3f", b->accuracy);
        plm_grid_set(&g, row, 3, 0, "%lld", (long long)b->rows);
    }
    plm_text_add(t, "\n");
    plm_grid_print(&g, t);
}

/* Appends the parts in the order in which they are read: the metrics, then for classes the
 * confusions, the metrics of each class and the calibration. */
void plm_assessment_text(plm_text *t, const plm_assessment *s, const plm_log *log, int logs,
                         bool several, int width)
{
    width = width > 0 ? width : EVERYTHING;
    if (several) {
        plm_text_add(t, "\n");
        plm_text_add_printable(t, s->target->name);
        plm_text_add(t, "\n");
    }
    add_figures(t, s, log, logs, width);
    if (s->of_class) {
        add_confusion(t, s, width);
        add_classes(t, s, width);
    }
    if (s->target->classes > 0)
        add_calibration(t, s);
}
