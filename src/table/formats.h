/* Formats of cells. The same text may mean different numbers: "1,234" is 1234 or 1.234,
 * "01/02/2024" is a day in January or in February. So the reading of a cell is a set of formats
 * that it fits, with a value in each format. The format is decided for a whole column (settle.c).
 * */
#ifndef PLM_TABLE_FORMATS_H
#define PLM_TABLE_FORMATS_H

#include <stdbool.h>

/* POINT: a number with a decimal point; commas, blanks or apostrophes may separate thousands.
 * COMMA: a number with a decimal comma; points, blanks or apostrophes may separate thousands.
 * YMD, DMY, MDY: a date with year, month and day in this order. TIME: a time of day without a
 * date. */
typedef enum {
    PLM_FORMAT_POINT,
    PLM_FORMAT_COMMA,
    PLM_FORMAT_YMD,
    PLM_FORMAT_DMY,
    PLM_FORMAT_MDY,
    PLM_FORMAT_TIME,
    PLM_FORMATS /* as a format of a column: none */
} plm_cell_format;

/* How a cell can be read. */
typedef struct {
    unsigned fits; /* bit f: it fits format f */
    /* the number, or the seconds since 1970, for each format in which the cell can be read */
    double value[PLM_FORMATS];
    bool percent; /* true = the number has a percent sign: "12 %" is read as 12 */
    /* true = a date with points like 1.2.2024; it is read as day/month unless that date does not
     * exist */
    bool points;
    int currency; /* number of the currency whose sign the number has, from 1; 0 = no sign */
} plm_cell_reading;

/* Finds all formats in which a cell can be read. The cell has no blanks at its ends. */
plm_cell_reading plm_cell_read(const char *cell);
/* Adds the number formats (numbers.c), or the date formats (date.c), in which a cell can be
 * read. */
void plm_cell_read_number(const char *cell, plm_cell_reading *out);
void plm_cell_read_date(const char *cell, plm_cell_reading *out);
/* Reads a quarter, half-year, month or week, such as "2001Q3", "2001-H2", "2001M09", "2001-W05" or
 * "Q3 2001", as its first day. Returns false if the cell is not such a period. (date_period.c) */
bool plm_cell_read_period(const char *cell, plm_cell_reading *out);
/* Returns the sign of a currency by its number, such as "$"; "" for the number 0. */
const char *plm_currency_sign(int currency);
/* True for formats of numbers, of dates. */
static inline bool plm_format_is_number(plm_cell_format f)
{
    return f <= PLM_FORMAT_COMMA;
}
/* True for the formats of dates. */
static inline bool plm_format_is_date(plm_cell_format f)
{
    return f > PLM_FORMAT_COMMA && f < PLM_FORMATS;
}
/* The names of the formats: "point", "comma", "ymd", ... */
extern const char *const plm_format_names[PLM_FORMATS + 1];

#endif
