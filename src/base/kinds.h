/* Kinds are the descriptors of layers, optimizers, metrics and so on. Field tables say which
 * arguments a kind takes. */
#ifndef PLM_BASE_KINDS_H
#define PLM_BASE_KINDS_H

#include <stddef.h>

#include "base/spec.h"

/* The type of a field: the member that it fills, and what a user may write. */
typedef enum {
    PLM_INT,    /* int64_t */
    PLM_REAL,   /* double */
    PLM_BOOL,   /* bool */
    PLM_TEXT,   /* const char *: quoted, or a bare name */
    PLM_CHOICE, /* const char *: one of the choices "a|b|c" */
    /* const plm_spec *: any spec of the family that `choices` names; "none" gives NULL */
    PLM_SPEC,
    PLM_INTS,  /* plm_ints: takes all remaining positional arguments, or a list */
    PLM_REALS, /* plm_reals: the same as PLM_INTS, but the numbers may have a fraction */
    /* double: a number of steps. Users may also write a fraction of the run: `all`, which is stored
     * as -1, or a number below 1, which is stored as it is. */
    PLM_STEPS,
    /* const plm_spec *: the parsed value, of any type and unchecked; "none" gives NULL */
    PLM_VALUE
} plm_field_type;

/* Up to 8 whole numbers, such as a shape. */
typedef struct {
    int count;
    int64_t at[8];
} plm_ints;

/* Any number of reals. */
typedef struct {
    int count;
    const double *at; /* [count] numbers, in the arena that plm_kind_bind or plm_fields_bind was
                       * given */
} plm_reals;

/* A row of a field table: one argument that a kind takes. */
typedef struct plm_field {
    const char *name;
    plm_field_type type;
    size_t offset;
    /* The default as text. NULL = the argument is required. "" = an empty text (never NULL), a NULL
     * spec, or an empty list of numbers.
     * The default is not range-checked. A default that is NaN, infinite or out of range means
     * "unset"; users may then write none. */
    const char *fallback;
    /* closed range of a number; both 0 = any number */
    double low, high;
    /* CHOICE: the allowed words, "a|b|c". SPEC: the family, for help and early checks. REALS:
     * "steps" if the numbers are numbers of steps; numbers below 1 are then fractions of the
     * run. */
    const char *choices;
    const char *help;
    const char *alias; /* another accepted name of the key, or NULL */
} plm_field;

/* Makes a row of a field table. The last row of a table is {0}. */
#define PLM_FIELD(type_, name_, kind_, fallback_, low_, high_, help_)                              \
    {.name = #name_,                                                                               \
     .type = kind_,                                                                                \
     .offset = offsetof(type_, name_),                                                             \
     .fallback = fallback_,                                                                        \
     .low = low_,                                                                                  \
     .high = high_,                                                                                \
     .help = help_}
/* Makes a row of a field without a range; choices_ lists the values of a PLM_CHOICE field, or names
 * the family of a PLM_SPEC field. */
#define PLM_FIELD_OF(type_, name_, kind_, fallback_, choices_, help_)                              \
    {.name = #name_,                                                                               \
     .type = kind_,                                                                                \
     .offset = offsetof(type_, name_),                                                             \
     .fallback = fallback_,                                                                        \
     .choices = choices_,                                                                          \
     .help = help_}

/* Whether higher or lower values of a metric are better. The descriptor of a metric must set it;
 * other kinds leave it at NONE. */
typedef enum {
    PLM_DIRECTION_NONE,    /* the kind is not a metric */
    PLM_DIRECTION_UNKNOWN, /* neither higher nor lower values are better in themselves */
    PLM_DIRECTION_UP,      /* higher is better */
    PLM_DIRECTION_DOWN     /* lower is better */
} plm_direction;

/* The part that the descriptors of all families have in common; it is always their first member. */
typedef struct plm_kind {
    const char *name; /* Keras's snake-case name */
    /* other accepted names, such as "Dense|fully_connected", or NULL; case and '_' never matter */
    const char *alias;
    /* one line that says what the kind does, in lower case, without a full stop */
    const char *help;
    const char *formula; /* one line of text, or NULL */
    /* paragraphs for the help about strengths, cost and combinations with other kinds; or NULL */
    const char *notes;
    const char *source; /* paper and year, or NULL */
    plm_direction direction;
    size_t config_size;
    /* its field table, ended by {0}; NULL = the kind takes no arguments */
    const plm_field *fields;
    /* the keys of the arguments by position, "axis|epsilon", if Keras's order is not that of the
     * fields; also keys that the family shares, and keys of Keras that plummet lacks. NULL = the
     * fields in their order */
    const char *positions;
    /* specs for the help and the test battery, ended by NULL; or NULL */
    const char *const *examples;
} plm_kind;

/* Makes an array of texts that ends with NULL. */
#define PLM_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Returns the family with this name, or NULL. */
const plm_family *plm_family_find(const plm *w, const char *name);

/* True if `name` is the kind's name or one of its aliases. */
bool plm_kind_named(const plm_kind *kind, const char *name);
/* Returns the position of an argument in a spec of the kind, from 0; SIZE_MAX = it is given by key
 * only. */
size_t plm_kind_position(const plm_kind *kind, const char *key);
/* Finds a kind by name or alias. Returns NULL if it is unknown and records the error: "unknown
 * activation 'rellu'", hint "did you mean relu?". */
const plm_kind *plm_kind_find(plm *w, const char *family, const char *name);

#endif
