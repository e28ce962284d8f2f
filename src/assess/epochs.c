/* Reads the history of a training, see epochs.h. */
#include "assess/epochs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fields.h"
#include "nn/metric.h"

/* Returns the index of the column of the history with this name; -1 = there is no such column. */
int plm_epochs_column(const plm_history *h, const char *name)
{
    for (int i = 0; i < h->columns; i++)
        if (strcmp(h->name[i], name) == 0)
            return i;
    return -1;
}

/* Returns the index of the first column whose name begins with `start` and ends with `end`; -1 =
 * there is no such column. */
int plm_epochs_like(const plm_history *h, const char *start, const char *end)
{
    const size_t first = strlen(start), last = strlen(end);
    for (int i = 0; i < h->columns; i++) {
        const size_t length = strlen(h->name[i]);
        if (length >= first + last && strncmp(h->name[i], start, first) == 0 &&
            strcmp(h->name[i] + length - last, end) == 0)
            return i;
    }
    return -1;
}

/* Returns a value of the history; NaN if column or row is -1, so that callers need not check
 * whether they exist. */
double plm_epochs_value(const plm_history *h, int64_t row, int column)
{
    return column >= 0 && row >= 0 && row < h->rows ? h->value[row * h->columns + column] : NAN;
}

/* Returns the row with the smallest or largest value of a column. -1 = no value is finite. */
int64_t plm_epochs_best(const plm_history *h, int column, bool largest)
{
    int64_t best = -1;
    for (int64_t i = 0; column >= 0 && i < h->rows; i++) {
        const double value = plm_epochs_value(h, i, column),
                     most = best >= 0 ? plm_epochs_value(h, best, column) : NAN;
        if (isfinite(value) && (best < 0 || (largest ? value > most : value < most)))
            best = i;
    }
    return best;
}

/* ---- the metric that decides ---- */

/* Returns the member of a config with this name; NULL = there is none. */
static const void *member(const plm_kind *kind, const void *config, const char *name)
{
    const plm_field *f = kind->fields;
    while (f->name != NULL && strcmp(f->name, name) != 0)
        f++;
    return f->name != NULL ? (const char *)config + f->offset : NULL;
}

/* Returns the text of a member of a config. */
static const char *text_of(const plm_kind *kind, const void *config, const char *name)
{
    const char *text = NULL;
    memcpy(&text, member(kind, config, name), sizeof text);
    return text != NULL ? text : "";
}

/* Returns what follows "val_" in a name, or the name. */
static const char *without_val(const char *name)
{
    return strncmp(name, "val_", 4) == 0 ? name + 4 : name;
}

/* Returns the direction of a column by its name. If a model has several outputs, the name of the
 * output comes before that of the metric. `calibrated` is what the recipe of tables calls its
 * cross-entropy. */
static plm_direction direction_of(const char *name)
{
    plm_direction found = PLM_DIRECTION_UNKNOWN;
    for (const char *at = without_val(name); at != NULL && found == PLM_DIRECTION_UNKNOWN;) {
        found = strcmp(at, "loss") == 0 || strcmp(at, "calibrated") == 0 ? PLM_DIRECTION_DOWN
                                                                         : plm_metric_direction(at);
        at = strchr(at, '_');
        at = at != NULL ? at + 1 : NULL;
    }
    return found;
}

/* Reads an observer that restores the weights of its best epoch. Returns false for another one, or
 * if its direction is unknown: a metric with a name of the user's own, and mode=auto. *stops: it is
 * early_stopping. */
static bool read_observer(plm_arena *a, const plm_spec *spec, plm_epochs_monitor *out, bool *stops)
{
    const plm_kind *kind = NULL;
    const void *config = NULL;
    bool restores = true;
    if (plm_kind_bind(a, "observer", spec, &kind, &config) < 0)
        return false;
    *stops = strcmp(kind->name, "early_stopping") == 0;
    if (!*stops && strcmp(kind->name, "best_weights") != 0)
        return false;
    if (*stops)
        memcpy(&restores, member(kind, config, "restore_best_weights"), sizeof restores);
    if (*stops)
        memcpy(&out->first, member(kind, config, "start_from_epoch"), sizeof out->first);
    memcpy(&out->delta, member(kind, config, "min_delta"), sizeof out->delta);
    out->delta = fabs(out->delta);
    const char *name = text_of(kind, config, "monitor"), *mode = text_of(kind, config, "mode");
    const plm_direction direction = strcmp(mode, "max") == 0   ? PLM_DIRECTION_UP
                                    : strcmp(mode, "min") == 0 ? PLM_DIRECTION_DOWN
                                                               : direction_of(name);
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    out->larger = direction == PLM_DIRECTION_UP;
    return restores && direction != PLM_DIRECTION_UNKNOWN;
}

/* early_stopping restores weights whatever another observer has restored, best_weights only if none
 * has. A text that cannot be read has no observers. */
plm_epochs_monitor plm_epochs_monitor_of(plm *w, const char *observers)
{
    plm_epochs_monitor found = {.name = "val_loss"};
    plm_arena a = {.w = w};
    const plm_spec *const *item = NULL;
    size_t count = 0;
    bool any = false;
    if (observers != NULL && plm_spec_parse_sequence(&a, observers, ',', &count, &item) < 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        plm_epochs_monitor one = {.larger = false};
        bool stops = false;
        if (!read_observer(&a, item[i], &one, &stops) || (any && !stops))
            continue;
        found = one;
        any = true;
    }
    plm_arena_free(&a);
    return found;
}

/* An observer may have the name that Keras gives to a metric: val_acc for val_accuracy. */
bool plm_epochs_monitors(const plm_epochs_monitor *m, const char *name)
{
    const char *a = without_val(m->name), *b = without_val(name);
    return strcmp(m->name, name) == 0 || ((a == m->name) == (b == name) && plm_metric_same(a, b));
}

/* Returns the column of the metric; -1 = there is none. A column of exactly this name comes first.
 */
static int column_of(const plm_history *h, const plm_epochs_monitor *m)
{
    int column = plm_epochs_column(h, m->name);
    for (int i = 0; column < 0 && i < h->columns; i++)
        column = plm_epochs_monitors(m, h->name[i]) ? i : -1;
    return column;
}

/* True if a value is better than the best one so far, as the observers compare them. */
static bool better(const plm_epochs_monitor *m, double value, double best)
{
    return m->larger ? value - m->delta > best : value + m->delta < best;
}

/* Returns the row of the best epoch by a metric; -1 = none has a value. */
static int64_t best_by(const plm_history *h, const plm_epochs_monitor *m, int column)
{
    int64_t best = -1;
    for (int64_t i = m->first; column >= 0 && i < h->rows; i++) {
        const double value = plm_epochs_value(h, i, column);
        if (isfinite(value) && (best < 0 || better(m, value, plm_epochs_value(h, best, column))))
            best = i;
    }
    return best;
}

/* A history of an older run may lack the metric, for example if run.yaml was changed. */
int64_t plm_epochs_kept(plm *w, const plm_history *h, const char *observers, int64_t since)
{
    plm_epochs_monitor m = plm_epochs_monitor_of(w, observers), usual = {.name = "val_loss"};
    const int column = column_of(h, &m);
    usual.first = since;
    m.first = m.first > since ? m.first : since;
    return column >= 0 ? best_by(h, &m, column)
                       : best_by(h, &usual, plm_epochs_column(h, usual.name));
}

/* Lower is always better in the result. */
double plm_epochs_kept_value(plm *w, const plm_history *h, const char *observers, int64_t since)
{
    plm_epochs_monitor m = plm_epochs_monitor_of(w, observers);
    const int column = column_of(h, &m);
    m.first = m.first > since ? m.first : since;
    const int64_t best = best_by(h, &m, column);
    const double value = plm_epochs_value(h, best, column);
    return best < 0 ? INFINITY : m.larger ? -value : value;
}
