/* What the tests of time series share: tables that are opened as series, numbers of their rows, and
 * the times of the rows that are predicted after the last one. */
#ifndef PLM_TESTS_SERIES_SUPPORT_H
#define PLM_TESTS_SERIES_SUPPORT_H

#include "data_support.h"

#include <stdio.h>
#include <string.h>

#include "data/typed.h"

/* Opens a table whose target is v. text: its lines. more: further arguments, as ", lags=3". */
static inline plm_data *open_series(plm *w, const char *text, const char *more)
{
    return plm_data_open(w, "table('%s', target=v%s)", test_write_text("series.csv", text), more);
}

/* Returns a number of a row before its encoding. */
static inline double number(const plm_data *d, const char *column, int64_t row)
{
    const plm_typed *t = d->source->state;
    const size_t at = plm_schema_column(d->source->schema, column);
    assert_true(at < d->source->schema->columns);
    return t->store.column[t->place[at]].number[row];
}

/* Times of rows, separated by blanks, and of the three rows after them. */
typedef struct {
    const char *times, *next[3];
} going_on;

/* Predicts after the rows of a table that has these times in `column`, and compares the times of
 * the new rows. */
static inline void check_next(plm *w, const char *schema, const char *column, const going_on *known)
{
    char text[512], times[256];
    size_t n = (size_t)snprintf(text, sizeof text, "%s,v\n", column);
    int64_t rows = 0;
    (void)snprintf(times, sizeof times, "%s", known->times);
    for (char *time = strtok(times, " "); time; time = strtok(NULL, " "))
        n += (size_t)snprintf(text + n, sizeof text - n, "%s,%d\n", time, (int)rows++);
    plm_data *p =
        plm_data_open_known(w, &(plm_known_columns){.schema = schema}, "table('%s', horizon=3)",
                            test_write_text("goes_on.csv", text));
    assert_non_null(p);
    for (int64_t i = 0; i < 3; i++) {
        plm_text time = {.w = w};
        plm_typed_text(p->source->state, 0, rows - 1 + i, &time);
        assert_string_equal(plm_text_get(&time), known->next[i]);
        plm_text_free(&time);
    }
    plm_data_free(p);
}

#endif
