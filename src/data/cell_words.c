/* Classifies the text of a single cell: a number, a mark of a missing value, or something else. For
 * the hint of an error it guesses what a cell without a number was meant to be. */
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "data/cells.h"
#include "table/store.h"

enum { EXCERPT = 40 };

/* Reads a number, which must be the whole cell. Hexadecimal numbers, with their letters x and p,
 * are not accepted. */
bool plm_cell_number(const char *cell, double *out)
{
    const char *end = NULL;
    /* plm_text_number would read 0x1A as a number, but in a table such a text is an id */
    if (!*cell || strpbrk(cell, "xXpP"))
        return false;
    *out = plm_text_number(cell, &end);
    return end != cell && !*end;
}

/* True for a text such as "0,5", which is a number if its first comma is replaced by a point. Such
 * a cell comes from a table with another delimiter, or was quoted. */
static bool has_decimal_comma(const char *text)
{
    char pointed[EXCERPT];
    const size_t comma = strcspn(text, ",");
    double number;
    if (!text[comma] || strlen(text) >= sizeof pointed)
        return false;
    memcpy(pointed, text, strlen(text) + 1);
    pointed[comma] = '.';
    return plm_cell_number(pointed, &number);
}

/* True for "1,234" and "12,345,678.9": one to three digits, then groups of a comma and three
 * digits, then perhaps decimals. */
static bool has_thousands(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '-' || *text == '+';
    const size_t first = strspn(text, digits);
    int groups = 0;
    if (first < 1 || first > 3 || *text == '0')
        return false;
    for (text += first; *text == ','; text += 4, groups++)
        if (strspn(text + 1, digits) != 3)
            return false;
    return groups > 0 && (!*text || *text == '.');
}

/* True if the cell marks a missing value in a column of numbers. The words none, nil and missing
 * count as such marks only there: in a table with types they may be categories, as in "garage:
 * none". */
static bool is_missing(const char *cell)
{
    return plm_table_missing(cell) || plm_name_equal(cell, "none") || plm_name_equal(cell, "nil") ||
           plm_name_equal(cell, "missing");
}

/* Returns a hint. The possible reasons are tested one after the other. The comma of a cell such as
 * "1,234" may separate thousands or decimals; the hint for thousands mentions both, so it is tested
 * first. */
const char *plm_cell_hint(const char *cell, bool target)
{
    if (is_missing(cell))
        return "the cell marks a missing value: write a number, remove the row, or exclude the "
               "column by listing the others: inputs=[...]";
    if (has_thousands(cell))
        return "the cell has a comma before three digits: write 1234 if it separates thousands, "
               "1.234 if it is a decimal comma";
    if (has_decimal_comma(cell))
        return "write decimals with a point: 0.5";
    if (target)
        return "a target must be a number: write classes as 0, 1, 2, ...; target=NAME names "
               "another column";
    return "write a number into the cell; exclude a column of words by listing the others: "
           "inputs=[...]";
}
