/* Kinds: the descriptor of a layer, an optimizer, a metric ..., and the table of what it can be
 * told. */
#ifndef PLM_BASE_KINDS_H
#define PLM_BASE_KINDS_H

#include <stddef.h>

#include "base/spec.h"

typedef enum {
    PLM_INT,    /* int64_t */
    PLM_REAL,   /* double */
    PLM_BOOL,   /* bool */
    PLM_TEXT,   /* const char *: quoted, or a bare name */
    PLM_CHOICE, /* const char *: one of choices "a|b|c" */
    PLM_SPEC,   /* const plm_spec *: any spec, its family in choices; "none" gives NULL */
    PLM_INTS,   /* plm_ints: takes all positional arguments that are left, or a list */
    PLM_REALS,  /* plm_reals: likewise */
    /* const plm_spec *: the value as it is written, any type, unjudged; "none" gives NULL */
    PLM_VALUE
} plm_field_type;

typedef struct {
    int count;
    int64_t at[8];
} plm_ints;

typedef struct {
    int count;
    const double *at; /* in the arena of the bind */
} plm_reals;

typedef struct plm_field {
    const char *name;
    plm_field_type type;
    size_t offset;
    /* The default as text; NULL = required; "" = the text "" (never NULL), a NULL spec, no
     * numbers. It is not held to the range: a default that is nan, inf or outside of it means
     * "none", and a user may then say none, too. */
    const char *fallback;
    double low, high;    /* closed range of a number; both 0 = any */
    const char *choices; /* CHOICE: "a|b|c"; SPEC: family name, for help and early checks */
    const char *help;
    const char *alias; /* an older or other name of the key, or NULL */
} plm_field;

/* A row of a field table. The last row is {0}. */
#define PLM_FIELD(type_, name_, kind_, fallback_, low_, high_, help_)                              \
    {.name = #name_,                                                                               \
     .type = kind_,                                                                                \
     .offset = offsetof(type_, name_),                                                             \
     .fallback = fallback_,                                                                        \
     .low = low_,                                                                                  \
     .high = high_,                                                                                \
     .help = help_}
/* The same with choices (CHOICE) or a family (SPEC). */
#define PLM_FIELD_OF(type_, name_, kind_, fallback_, choices_, help_)                              \
    {.name = #name_,                                                                               \
     .type = kind_,                                                                                \
     .offset = offsetof(type_, name_),                                                             \
     .fallback = fallback_,                                                                        \
     .choices = choices_,                                                                          \
     .help = help_}

/* Which way the value of a metric gets better. Every metric says one; other kinds say none. */
typedef enum {
    PLM_DIRECTION_NONE, /* the kind is no metric */
    PLM_DIRECTION_UNKNOWN,
    PLM_DIRECTION_UP,
    PLM_DIRECTION_DOWN
} plm_direction;

/* The head of every descriptor: what all families have in common. Always the first member. */
typedef struct plm_kind {
    const char *name; /* Keras's snake-case name */
    /* other accepted names, "Dense|fully_connected", or NULL; case and '_' never matter */
    const char *alias;
    const char *help;    /* one line, starting small, without a full stop */
    const char *formula; /* one line of text, or NULL */
    const char *notes;   /* paragraphs for describe: strengths, price, partner; or NULL */
    const char *source;  /* paper and year, or NULL */
    plm_direction direction;
    size_t config_size;
    const plm_field *fields;     /* ended by {0}; NULL = takes no arguments */
    const char *const *examples; /* ended by NULL, for the battery and the help; or NULL */
} plm_kind;

#define PLM_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The family of that name in the runtime, or NULL. */
const plm_family *plm_family_find(const plm *w, const char *name);

/* Is that the kind's name or one of its aliases? */
bool plm_kind_named(const plm_kind *kind, const char *name);
/* Finds a kind by name or alias in a family of the runtime; NULL = unknown, with the error
 * recorded: "unknown activation 'rellu'", hint "did you mean relu?". */
const plm_kind *plm_kind_find(plm *w, const char *family, const char *name);

#endif
