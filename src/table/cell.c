/* Reads the text of a cell: finds all formats in which it is a number or a date, or recognizes it
 * as a mark of a missing value, such as NA. */
#include <math.h>
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
