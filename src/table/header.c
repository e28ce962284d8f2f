/* Decides whether the first line of a table holds the names of its columns. */
#include "table/store.h"

/* A line with texts and no numbers is a header, and one with a text above a number of the second
 * line. In a table of words alone the first line is taken as the names. second = NULL: there is no
 * second line. */
bool plm_table_has_header(const char *const *first, const char *const *second, size_t columns)
{
    size_t texts = 0, numbers = 0;
    double x = 0;
    for (size_t i = 0; i < columns; i++) {
        const bool number = plm_table_number(first[i], &x) || plm_table_date(first[i], &x);
        numbers += number;
        texts += !number && !plm_table_missing(first[i]);
    }
    if (texts == 0 || numbers == 0 || second == NULL)
        return texts > 0;
    for (size_t i = 0; i < columns; i++)
        if (!plm_table_number(first[i], &x) && !plm_table_date(first[i], &x) &&
            !plm_table_missing(first[i]) && plm_table_number(second[i], &x))
            return true;
    return false;
}
