/* The notation of specs is name(arg, key=value, ...). Arguments are numbers, 'text', names, nested
 * specs, (tuples) or [lists]; a | b | c is a pipeline. A number may be a fraction: 1/255. A
 * name without parentheses is a spec without arguments. A dictionary of Keras's get_config() is
 * read as the call that it describes. This file parses and prints; fields.h binds
 * a spec to a C struct. */
#ifndef PLM_BASE_SPEC_H
#define PLM_BASE_SPEC_H

#include "base/arena.h"
#include "base/text.h"

/* What a spec is. */
typedef enum {
    PLM_SPEC_NUMBER, /* a number; its text is the number as written */
    PLM_SPEC_TEXT,   /* 'quoted' text; its text has no quotes and escapes */
    PLM_SPEC_NAME,   /* name or name(...), and also true, false, none; its text is the name */
    PLM_SPEC_LIST    /* [..] or (..) */
} plm_spec_type;

typedef struct plm_spec plm_spec;
typedef struct plm_spec_argument plm_spec_argument;

/* An argument of a name, or an element of a list. */
struct plm_spec_argument {
    const char *key; /* NULL = by position */
    const plm_spec *value;
    int column; /* column in the whole text, from 1, at which the argument begins */
};

/* A parsed spec. */
struct plm_spec {
    plm_spec_type type;
    /* text of a number, quoted text or name, as its type says; NULL for a LIST */
    const char *text;
    double number; /* value of a NUMBER */
    bool whole;    /* for a NUMBER: true = written as an integer, without a
                                        * decimal point, an exponent or a fraction such as 1/3 */
    bool called;   /* a NAME with parentheses */
    /* column in the whole text, from 1, at which the spec begins */
    int column;
    size_t count;                      /* number of arguments of a NAME, or elements of a LIST */
    const plm_spec_argument *argument; /* [count] */
};

/* Parses one spec into the arena. Errors: E_SPEC with the column and an excerpt of the text. */
PLM_CHECKED plm_status plm_spec_parse(plm_arena *a, const char *text, const plm_spec **out);
/* Parses a | b | c into an array of *count specs. separator: '|' or ','. */
PLM_CHECKED plm_status plm_spec_parse_sequence(plm_arena *a, const char *text, char separator,
                                               size_t *count, const plm_spec *const **out);
/* Parses what may be between the parentheses of a call: "mse, aux=mae". *out gets the arguments;
 * its name is "". */
PLM_CHECKED plm_status plm_spec_parse_arguments(plm_arena *a, const char *text,
                                                const plm_spec **out);
/* Adds the canonical text of a spec: one space after commas, shortest numbers, quotes escaped. */
void plm_spec_print(plm_text *t, const plm_spec *s);
/* Returns the canonical text of a spec, in the arena; NULL = no memory. */
const char *plm_spec_text(plm_arena *a, const plm_spec *s);
/* Returns a copy of s in which the argument `key` has this value; it becomes the last argument.
 * value NULL = the argument is removed. NULL = no memory. (spec_edit.c) */
const plm_spec *plm_spec_with(plm_arena *a, const plm_spec *s, const char *key,
                              const plm_spec *value);
/* Returns a copy of s in which the argument `key` has this value. If the argument is given by its
 * position `at` (from 0), it is replaced there, so that dense(50, relu) keeps its short form;
 * otherwise it becomes the last argument. value: not NULL. NULL = no memory. (spec_edit.c) */
const plm_spec *plm_spec_set(plm_arena *a, const plm_spec *s, const char *key, size_t at,
                             const plm_spec *value);
/* Returns the value of the argument that is given by its key or by its position `at`; NULL = it is
 * not given. (spec_edit.c) */
const plm_spec *plm_spec_argument_of(const plm_spec *s, const char *key, size_t at);
/* Sets *out to the spec in a quoted name or call, as 'mse' and "adam(0.01)" in a line of Python; to
 * s itself if s is anything else. Errors: E_SPEC, E_MEMORY. (spec_edit.c) */
PLM_CHECKED plm_status plm_spec_unquoted(plm_arena *a, const plm_spec *s, const plm_spec **out);
/* Adds s in single quotes with escapes, so that any text can be put into a spec. */
void plm_spec_quote(plm_text *t, const char *s);

#endif
