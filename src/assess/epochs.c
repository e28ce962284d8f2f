/* Reads the history of a training, see epochs.h. */
#include "assess/epochs.h"

#include <math.h>
#include <string.h>

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

/* Copies the value of `key=` in the arguments of an observer to out [capacity]; "" = it has no such
 * key. end: where the arguments end. */
static void argument(const char *at, const char *end, const char *key, char *out, size_t capacity)
{
    const char *found = strstr(at, key);
    size_t length = 0;
    if (found != NULL && found < end) {
        found += strlen(key);
        while (found + length < end && length + 1 < capacity &&
               strchr("abcdefghijklmnopqrstuvwxyz0123456789_", found[length]) != NULL)
            length++;
        memcpy(out, found, length);
    }
    out[length] = '\0';
}

/* The observer that restores the weights of the best epoch writes monitor= and mode= as text. The
 * direction of val_loss and val_calibrated is down; that of others is known only from mode=. */
plm_epochs_monitor plm_epochs_monitor_of(const char *observers)
{
    static const char observer[] = "best_weights(";
    plm_epochs_monitor m = {.name = "val_loss"}, found = {.larger = false};
    const char *at = observers != NULL ? strstr(observers, observer) : NULL;
    const char *end = at != NULL ? strchr(at, ')') : NULL;
    char mode[8] = "";
    if (end == NULL)
        return m;
    argument(at, end, "monitor=", found.name, sizeof found.name);
    argument(at, end, "mode=", mode, sizeof mode);
    found.larger = strcmp(mode, "max") == 0;
    const bool known =
        found.larger || strcmp(mode, "min") == 0 || strcmp(found.name, "val_calibrated") == 0;
    return found.name[0] != '\0' && known ? found : m;
}

/* A history of an older run may lack the metric, for example if run.yaml was changed. */
int64_t plm_epochs_kept(const plm_history *h, const char *observers)
{
    const plm_epochs_monitor m = plm_epochs_monitor_of(observers);
    const int column = plm_epochs_column(h, m.name);
    return column >= 0 ? plm_epochs_best(h, column, m.larger)
                       : plm_epochs_best(h, plm_epochs_column(h, "val_loss"), false);
}
