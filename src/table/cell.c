/* Reads the text of a cell: finds all formats in which it is a number or a date, or recognizes it
 * as a mark of a missing value, such as NA. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "table/formats.h"
#include "table/store.h"

const char *const plm_format_names[PLM_FORMATS + 1] = {"point", "comma", "ymd", "dmy",
                                                       "mdy",   "time",  "none"};

enum { LONGEST_MARK = 7 }; /* max bytes of a mark of a missing value */

/* True if the cell is a mark of a missing value, such as NA. Its first letter and its length
 * exclude most cells quickly. */
bool plm_table_missing(const char *cell)
{
    static const char *const marks[] = {
        "NA", "N/A", "#N/A", "nan", "null",    "nil",     "n.a",   "n.a.",   "missing", "?",
        "-",  "--",  ".",    "\\N", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!",   "#NULL!"};
    if (*cell == '\0')
        return true;
    if (strchr("NnMm#?-.\\", *cell) == NULL || strlen(cell) > LONGEST_MARK)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strcmp(cell, marks[i]) == 0 || plm_name_equal(cell, marks[i]))
            return true;
    return false;
}

/* Finds the formats of a cell. Numbers take precedence over dates: 20240131 is a number. */
plm_cell_reading plm_cell_read(const char *cell)
{
    plm_cell_reading r = {0};
    plm_cell_read_number(cell, &r);
    if (r.fits == 0)
        plm_cell_read_date(cell, &r);
    return r;
}

/* Reads a cell as a number. If both the point and the comma could be the decimal mark, the point is
 * taken for it. */
bool plm_table_number(const char *cell, double *out)
{
    plm_cell_reading r = {0};
    plm_cell_read_number(cell, &r);
    *out = r.value[r.fits & 1u << PLM_FORMAT_POINT ? PLM_FORMAT_POINT : PLM_FORMAT_COMMA];
    return r.fits != 0;
}

/* True if a number goes on with an exponent at s: "e5", "E-3", but not "EUR". */
static bool is_exponent(const char *s)
{
    return (*s == 'e' || *s == 'E') && strchr("+-0123456789", s[1]) != NULL && s[1] != '\0';
}

/* Compares the digits of the cell with those of the double. Every whole number below 2^53 is a
 * double. A cell with an exponent does not claim to be exact. */
bool plm_table_keeps_digits(const char *cell, double value)
{
    char exact[128];
    size_t at = 0;
    bool same = true;
    if (fabs(value) < 0x1p53)
        return true;
    snprintf(exact, sizeof exact, "%.0f", fabs(value));
    while (*cell != '\0' && (*cell < '1' || *cell > '9'))
        cell++;
    for (; *cell != '\0' && exact[at] != '\0'; cell++) {
        if (is_exponent(cell))
            return true;
        if (*cell >= '0' && *cell <= '9')
            same = *cell == exact[at++] && same;
    }
    return same;
}
