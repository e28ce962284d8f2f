/* Reads the text of a cell: finds all formats that it fits, or that it marks a missing value. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "table/formats.h"
#include "table/store.h"

const char *const plm_format_names[PLM_FORMATS + 1] = {"point", "comma", "ymd", "dmy",
                                                       "mdy",   "time",  "none"};

enum { LONGEST_MARK = 7 }; /* bytes of the longest mark of a missing value */

/* Most cells are ruled out by their first letter or their length. */
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

/* A text that is a number is no date: 20240131 counts as a number. */
plm_cell_reading plm_cell_read(const char *cell)
{
    plm_cell_reading r = {0};
    plm_cell_read_number(cell, &r);
    if (r.fits == 0)
        plm_cell_read_date(cell, &r);
    return r;
}

/* If both marks are possible, the point is the decimal mark. */
bool plm_table_number(const char *cell, double *out)
{
    plm_cell_reading r = {0};
    plm_cell_read_number(cell, &r);
    *out = r.value[r.fits & 1u << PLM_FORMAT_POINT ? PLM_FORMAT_POINT : PLM_FORMAT_COMMA];
    return r.fits != 0;
}
