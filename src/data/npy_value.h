/* The values of npy arrays as texts of table cells. */
#ifndef PLM_DATA_NPY_VALUE_H
#define PLM_DATA_NPY_VALUE_H

#include "base/text.h"

/* A type of values, such as "<f4". */
typedef struct {
    char kind;    /* kind of value: f, i, u, b = number; U, S = text; M = date and time; V = bytes
                   * that are ignored */
    size_t bytes; /* of a value */
    bool swapped; /* the other byte order than this machine's */
    /* for M: a value counts ticks, each of which lasts seconds / ticks seconds. ticks is 1 if a
     * tick is a second or longer, seconds is 1 if it is shorter */
    int64_t ticks, seconds;
} plm_npy_type;

/* Reads the text of a type. False: the type is not supported. */
bool plm_npy_type_read(const char *text, plm_npy_type *out);
/* Sets *out to a value that is a number, NaN included. False: it is not a number, infinite, or a
 * whole number that a double may not represent exactly. */
bool plm_npy_value_number(const plm_npy_type *t, const unsigned char *value, double *out);
/* Appends the text of a value; nothing for NaN and NaT, which are missing values. Numbers are
 * written so that they can be read back exactly. False: the value is not a valid Unicode text or
 * date, or the text has a zero byte. */
bool plm_npy_value_text(const plm_npy_type *t, const unsigned char *value, plm_text *out);

#endif
