/* Decides whether the first line of a table has the names of its columns. */
#include "table/formats.h"
#include "table/store.h"

/* True if the cell is a number or a date in any format. */
static bool is_value(const char *cell)
{
    return plm_cell_read(cell).fits != 0;
}

/* True if the cells of the line are consecutive years: 2019, 2020, 2021. */
static bool has_years(const char *const *cell, size_t columns)
{
    double x = 0, before = 0;
    size_t years = 0;
    for (size_t i = 0; i < columns; i++) {
        if (!plm_table_number(cell[i], &x))
            continue;
        if (!(x >= 1800 && x <= 2200) || (years > 0 && x != before + 1))
            return false;
        before = x;
        years++;
    }
    return years > 1;
}

/* True if a date is above a number in the second line: no column has both, so the date is the name
 * of a column, as in a table with a column for each month. */
static bool has_dates_above(const char *const *first, const char *const *second, size_t columns)
{
    double x = 0;
    for (size_t i = 0; second != NULL && i < columns; i++)
        if (is_value(first[i]) && !plm_table_number(first[i], &x) &&
            plm_table_number(second[i], &x))
            return true;
    return false;
}

/* Decides whether the first line is a header. It is one if it has texts and no numbers, or if one
 * of its texts or dates is above a number in the second line. If the table has only words, the
 * first line is a header, too. second = NULL: there is no second line. */
bool plm_table_has_header(const char *const *first, const char *const *second, size_t columns)
{
    size_t texts = 0, values = 0;
    for (size_t i = 0; i < columns; i++) {
        const bool value = is_value(first[i]);
        values += value;
        texts += !value && !plm_table_missing(first[i]);
    }
    if (has_dates_above(first, second, columns))
        return true;
    if (texts == 0 || values == 0 || second == NULL || has_years(first, columns))
        return texts > 0;
    for (size_t i = 0; i < columns; i++)
        if (!is_value(first[i]) && !plm_table_missing(first[i]) && is_value(second[i]))
            return true;
    return false;
}
