/* S311: an observer regards the worst epoch as the best one, or a better one as no better, or ends
 * the training at the first epoch that is no better. early_stopping, best_weights, checkpoint and
 * reduce_lr_on_plateau compare epochs by a metric. If their mode is wrong (max for a loss), they
 * stop the training when the net begins to learn, or keep its worst weights. A validation metric
 * varies by chance, so without patience the first worse epoch ends the training. A metric of the
 * training rows does not tell when a net begins to memorize them. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "base/spec.h"
#include "doctor/ladder.h"

typedef struct {
    double patience, part;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, patience, PLM_REAL, "2", 0, 1e30,
        "a note if the patience of early_stopping is less than this; a warning if it has also "
        "ended the training while the training loss was still falling"),
    PLM_FIELD(thresholds, part, PLM_REAL, "0.75", 0, 1,
              "the warning also requires that less than this part of all planned epochs was done"),
    {0}};

/* An observer in the run file that compares epochs, such as early_stopping. */
typedef struct {
    const plm_spec *spec;
    size_t index; /* index of the item in the key observers */
    const plm_kind *kind;
    const char *monitor, *mode; /* the metric, and auto, min or max */
    double patience;            /* NaN = it has no patience */
    double delta;               /* smallest change that is an improvement; NaN = any is */
    double baseline;            /* value that the metric must reach; NaN = none */
    bool stops;                 /* true = it is early_stopping */
} comparer;

/* Returns the text of an argument of an observer; NULL = it has no such argument. config: the
 * arguments. */
static const char *text_of(const plm_field *f, const void *config, const char *name)
{
    const char *text = NULL;
    while (f->name != NULL && strcmp(f->name, name) != 0)
        f++;
    if (f->name != NULL && (f->type == PLM_TEXT || f->type == PLM_CHOICE))
        memcpy(&text, (const char *)config + f->offset, sizeof text);
    return text;
}

/* Reads an observer. Returns false if it does not compare epochs. */
static bool read_comparer(const plm_case *c, const plm_spec *spec, size_t index, comparer *out)
{
    const plm_kind *kind = NULL;
    const void *config = NULL;
    if (plm_kind_bind(c->arena, "observer", spec, &kind, &config) < 0 || kind->fields == NULL)
        return false;
    *out = (comparer){.spec = spec,
                      .index = index,
                      .kind = kind,
                      .monitor = text_of(kind->fields, config, "monitor"),
                      .mode = text_of(kind->fields, config, "mode"),
                      .patience = plm_field_number(kind->fields, config, "patience"),
                      .delta = fabs(plm_field_number(kind->fields, config, "min_delta")),
                      .baseline = plm_field_number(kind->fields, config, "baseline"),
                      .stops = strcmp(kind->name, "early_stopping") == 0};
    const char *own =
        out->monitor != NULL ? plm_training_log_name(c->model->training, out->monitor) : NULL;
    out->monitor = own != NULL ? own : out->monitor;
    return out->monitor != NULL && out->mode != NULL;
}

/* Returns an observer with another value of an argument, which may be written without its key; NULL
 * = no memory. */
static const plm_spec *changed(plm_arena *a, const comparer *o, const char *key, const char *text)
{
    const plm_spec *value = NULL;
    const size_t at = plm_kind_position(o->kind, key);
    return plm_spec_parse(a, text, &value) < 0 ? NULL : plm_spec_set(a, o->spec, key, at, value);
}

/* Returns the items of the key observers; NULL = none, or no memory. */
static const plm_spec *const *items_of(const plm_case *c, plm_arena *a, size_t *count)
{
    const plm_spec *const *item = NULL;
    const char *text = plm_case_setting(c, "observers");
    *count = 0;
    return *text != '\0' && plm_spec_parse_sequence(a, text, ',', count, &item) >= 0 ? item : NULL;
}

/* Adds a remedy that replaces the key observers: by the same list, in which one argument of one
 * observer has another value. */
static void add_changed(const plm_case *c, plm_report *r, const comparer *o, const char *key,
                        const char *text)
{
    size_t count = 0;
    const plm_spec *const *item = items_of(c, r->arena, &count), *now = NULL;
    plm_text t = {.w = c->w};
    for (size_t i = 0; i < count; i++) {
        now = i == o->index ? changed(r->arena, o, key, text) : item[i];
        const char *own = now != NULL ? plm_spec_text(r->arena, now) : NULL;
        plm_text_format(&t, "%s%s", i > 0 ? ", " : "", own != NULL ? own : "");
        r->what.failed = r->what.failed || own == NULL;
    }
    r->what.failed = r->what.failed || t.failed;
    if (!r->what.failed)
        plm_report_remedy(r, "observers", count > 1 ? "[%s]" : "%s", plm_text_get(&t));
    plm_text_free(&t);
}

/* Reports a mode that is the opposite of what the metric requires. */
static void find_direction(const plm_case *c, const comparer *o, plm_report *r)
{
    const plm_direction good = plm_training_direction(c->model->training, o->monitor);
    const bool up = strcmp(o->mode, "max") == 0, down = strcmp(o->mode, "min") == 0;
    if (!(up && good == PLM_DIRECTION_DOWN) && !(down && good == PLM_DIRECTION_UP))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "%s regards the %s %s as the best, but %s is better", o->spec->text,
                     up ? "highest" : "lowest", o->monitor, up ? "a lower one" : "a higher one");
    r->key = "observers";
    plm_report_line(r, "mode=auto, the default, is right for each metric");
    add_changed(c, r, o, "mode", "auto");
}

/* Returns the mean of a column over the rows first <= i < last. */
static double mean_of(const plm_history *h, int column, int64_t first, int64_t last)
{
    double mean = 0;
    for (int64_t i = first; i < last; i++)
        mean += plm_epochs_value(h, i, column) / (double)(last - first);
    return mean;
}

/* True if the training loss still fell by 2 %: in the last epoch, or in the last two epochs
 * compared with the two before them, since the loss of an epoch varies by chance. */
static bool loss_falls(const plm_history *h)
{
    const int loss = plm_epochs_column(h, "loss");
    const int64_t n = h->rows;
    return mean_of(h, loss, n - 1, n) < 0.98 * mean_of(h, loss, n - 2, n - 1) ||
           (n > 2 &&
            mean_of(h, loss, n - 2, n) < 0.98 * mean_of(h, loss, n > 4 ? n - 4 : 0, n - 2));
}

/* True if early_stopping has ended the training too early: after a small part of the planned
 * epochs, while the training loss was still falling. */
static bool ended_early(const thresholds *t, const plm_case *c)
{
    return c->ended && !c->not_finite && c->history.rows > 1 && c->planned > 0 &&
           (double)c->steps < t->part * (double)c->planned && loss_falls(&c->history);
}

/* Returns the best value of a column over the rows first <= i < last of the history. */
static double best_of(const plm_history *h, int column, int64_t first, int64_t last, bool larger)
{
    double best = plm_epochs_value(h, first, column);
    for (int64_t i = first + 1; i < last; i++) {
        const double now = plm_epochs_value(h, i, column);
        best = (larger ? now > best : now < best) ? now : best;
    }
    return best;
}

/* Reports early_stopping that has ended the training while its metric improved: each time by less
 * than min_delta, so it did not count. Gains below 2 % are left out, since ending there may be
 * meant. */
static void find_delta(const thresholds *t, const plm_case *c, const comparer *o, plm_report *r)
{
    static const double gain = 0.02;
    const plm_history *h = &c->history;
    const int column = plm_epochs_column(h, o->monitor);
    const int64_t last = o->patience > 1 ? (int64_t)o->patience : 1, before = h->rows - last;
    if (!o->stops || !(o->delta > 0) || column < 0 || before < 1 || !ended_early(t, c))
        return;
    const bool larger = plm_training_direction(c->model->training, o->monitor) == PLM_DIRECTION_UP;
    const double old = best_of(h, column, 0, before, larger),
                 now = best_of(h, column, before, h->rows, larger),
                 better = larger ? now - old : old - now;
    if (!(better > gain * fabs(old)) || !(better <= o->delta))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "early_stopping has ended the training although %s improved: by less than "
                     "min_delta=%g",
                     o->monitor, o->delta);
    r->number = o->delta;
    r->threshold = better;
    r->key = "observers";
    plm_report_line(r, "%lld of %lld steps are done, and the training loss still falls",
                    (long long)c->steps, (long long)c->planned);
    plm_report_line(r, "the best %s was %.5g, and is %.5g %lld epoch%s later", o->monitor, old, now,
                    (long long)last, last == 1 ? "" : "s");
    add_changed(c, r, o, "min_delta", "0");
}

/* Reports early_stopping that has ended the training because its metric had not reached the
 * baseline, although the training loss was still falling. */
static void find_baseline(const thresholds *t, const plm_case *c, const comparer *o, plm_report *r)
{
    const plm_history *h = &c->history;
    const int column = plm_epochs_column(h, o->monitor);
    if (!o->stops || isnan(o->baseline) || column < 0 || h->rows < 1 || !ended_early(t, c))
        return;
    const bool larger = plm_training_direction(c->model->training, o->monitor) == PLM_DIRECTION_UP;
    const double best = best_of(h, column, 0, h->rows, larger);
    if (larger ? best > o->baseline : best < o->baseline)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "early_stopping has ended the training since %s had not reached the baseline "
                     "%g in %lld epochs",
                     o->monitor, o->baseline, (long long)h->rows);
    r->key = "observers";
    plm_report_line(r, "%lld of %lld steps are done, and the training loss still falls",
                    (long long)c->steps, (long long)c->planned);
    plm_report_line(r, "the best %s was %.5g", o->monitor, best);
    add_changed(c, r, o, "baseline", "nan");
    add_changed(c, r, o, "patience", "20");
}

/* Reports early_stopping without patience. */
static void find_impatience(const thresholds *t, const plm_case *c, const comparer *o,
                            plm_report *r)
{
    if (!o->stops || !(o->patience < t->patience))
        return;
    const bool harms = ended_early(t, c);
    plm_report_found(r, harms ? PLM_WARNING : PLM_NOTE,
                     harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, -1,
                     "early_stopping %s at the first epoch in which %s is no better",
                     harms ? "has ended the training" : "ends the training", o->monitor);
    r->number = o->patience;
    r->threshold = t->patience;
    r->key = "observers";
    if (harms)
        plm_report_line(r, "%lld of %lld steps are done, and the training loss still falls",
                        (long long)c->steps, (long long)c->planned);
    plm_report_line(r, "patience is %g, but a metric varies by chance", o->patience);
    add_changed(c, r, o, "patience", "10");
}

/* Returns how much worse the last epochs are than the best ones in a column of the history, by
 * means of 3 epochs; NaN = unknown. relative: divided by the best mean. */
static double lost_in(const plm_history *h, int column, bool larger, bool relative)
{
    enum { MEAN = 3 };
    if (column < 0 || h->rows < 2 * MEAN)
        return (double)NAN;
    const double last = mean_of(h, column, h->rows - MEAN, h->rows);
    double best = last;
    for (int64_t i = MEAN; i < h->rows; i++) {
        const double now = mean_of(h, column, i - MEAN, i);
        best = (larger ? now > best : now < best) ? now : best;
    }
    return fabs(last - best) / (relative ? fabs(best) : 1);
}

/* True if a training that an observer has watched has gone on although the validation became worse:
 * its loss, and also its accuracy or R2 if that is measured, since a loss can grow by rows that are
 * predicted wrongly with more certainty. */
static bool is_worse_for_others(const plm_case *c)
{
    static const double loss = 0.05, score = 0.05;
    const bool classes = plm_case_predicts_classes(c);
    const plm_history *h = &c->history;
    const int column = plm_epochs_like(h, "val_", classes ? "accuracy" : "r2_score");
    return c->ended && lost_in(h, plm_epochs_column(h, "val_loss"), false, true) > loss &&
           (column < 0 || lost_in(h, column, true, false) > score);
}

/* True if an observer ends the training, or keeps weights, by a metric of the training rows
 * although there are validation rows. */
static bool watches_training(const plm_case *c, const comparer *o)
{
    const char *rows = plm_case_setting(c, "validation");
    const plm_direction good = plm_training_direction(c->model->training, o->monitor);
    return (o->stops || strcmp(o->kind->name, "best_weights") == 0) &&
           strncmp(o->monitor, "val_", 4) != 0 && *rows != '\0' && strcmp(rows, "none") != 0 &&
           (good == PLM_DIRECTION_UP || good == PLM_DIRECTION_DOWN);
}

/* Reports such an observer: it does not see when the net begins to memorize. With keep=best the
 * best epoch of the validation is kept anyway. harms: only if the validation became worse
 * meanwhile. */
static void find_rows(const plm_case *c, const comparer *o, bool harms, plm_report *r)
{
    if (!watches_training(c, o) || plm_case_keeps_best(c) || (harms && !is_worse_for_others(c)))
        return;
    plm_report_found(r, harms ? PLM_WARNING : PLM_NOTE,
                     harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, -1,
                     "%s compares epochs by %s of the training rows, not of the validation rows",
                     o->kind->name, o->monitor);
    r->key = "observers";
    if (harms)
        plm_report_line(
            r, "since its best epochs val_loss has grown by %.0f %%",
            100 * lost_in(&c->history, plm_epochs_column(&c->history, "val_loss"), false, true));
    plm_report_line(r, "%s improves also while a net memorizes its rows", o->monitor);
    const char *other = plm_arena_format(r->arena, "val_%s", o->monitor);
    r->what.failed = r->what.failed || other == NULL;
    if (other != NULL)
        add_changed(c, r, o, "monitor", other);
}

/* Reports early_stopping that ends the training too early, or observers that watch the wrong
 * rows. */
static void find_end(const thresholds *t, const plm_case *c, const comparer *o, plm_report *r)
{
    find_rows(c, o, true, r);
    if (!r->found)
        find_delta(t, c, o, r);
    if (!r->found)
        find_baseline(t, c, o, r);
    if (!r->found)
        find_impatience(t, c, o, r);
    if (!r->found)
        find_rows(c, o, false, r);
}

/* Reports observers that compare epochs in the wrong way; a wrong mode is reported first. They are
 * examined before and after the training, since nothing new becomes known about them while a net
 * trains. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    size_t count = 0;
    comparer o;
    if (c->model == NULL || c->model->training == NULL || (c->samples > 0 && !c->ended))
        return;
    const plm_spec *const *item = items_of(c, c->arena, &count);
    for (size_t i = 0; i < 2 * count && !r->found; i++) {
        if (!read_comparer(c, item[i % count], i % count, &o))
            continue;
        if (i < count)
            find_direction(c, &o, r);
        else
            find_end(config, c, &o, r);
    }
}

const plm_finding_kind plm_finding_wrong_monitor = {
    .kind =
        {.name = "wrong_monitor",
         .alias = "S311",
         .help = "an observer regards worse epochs as better, or has no patience",
         .formula =
             "mode is max for a metric that should be low, or min for one that should be "
             "high; or patience of early_stopping < patience; or early_stopping has ended "
             "the training while its metric improved by less than min_delta, or had not reached "
             "the baseline; or early_stopping or best_weights compares epochs by the training "
             "rows although there are validation rows",
         .notes = "With a wrong mode, early_stopping ends the training as soon as the net "
                  "learns, and best_weights keeps its worst weights. Remove mode. A validation "
                  "metric varies by chance, so early_stopping needs a patience of some "
                  "epochs; its default is 0, as in Keras.",
         .source = "Prechelt, Early stopping - but when?, 1998",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_SET_UP,
    .healthy = {5, 1e9},
    .find = find,
};
