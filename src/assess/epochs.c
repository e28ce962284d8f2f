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
