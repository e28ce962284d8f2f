/* The values of npy arrays as texts of cells. */
#ifndef PLM_DATA_NPY_VALUE_H
#define PLM_DATA_NPY_VALUE_H

#include "base/text.h"

/* A type of values, such as "<f4". */
typedef struct {
    char kind;    /* f, i, u, b; U, S = text; M = date and time; V = bytes that are left out */
    size_t bytes; /* of a value */
    bool swapped; /* the other byte order than this machine's */
    /* M: ticks of a second, or seconds of a tick; the other is 1 */
    int64_t ticks, seconds;
} plm_npy_type;

/* Reads the text of a type. False: its values are not read. */
bool plm_npy_type_read(const char *text, plm_npy_type *out);
/* *out = a value that is a number, NaN included. False: it is another value, or it is infinite, or
 * a whole number that a double may not hold exactly. */
bool plm_npy_value_number(const plm_npy_type *t, const unsigned char *value, double *out);
/* Appends the text of a value; nothing for NaN and NaT, which are gaps. Numbers are written so that
 * they are read back exactly. False: the value is no text in Unicode or no date, or the text has a
 * zero byte. */
bool plm_npy_value_text(const plm_npy_type *t, const unsigned char *value, plm_text *out);

#endif
