/* The one notation: name(arg, key=value, ...), with numbers, 'text', names, nested specs,
 * (tuples) or [lists], and a | b | c for pipelines. A number may be a quotion of two: 1/255. A
 * bare name is a spec without arguments. This file parses and prints; fields.h binds a spec to a
 * C struct. */
#ifndef PLM_BASE_SPEC_H
#define PLM_BASE_SPEC_H

#include "base/arena.h"
#include "base/text.h"

typedef enum {
    PLM_SPEC_NUMBER, /* number; text holds it as written */
    PLM_SPEC_TEXT,   /* 'quoted'; text */
    PLM_SPEC_NAME,   /* name or name(...); text = the name; also true, false, none */
    PLM_SPEC_LIST    /* [..] or (..) */
} plm_spec_type;

typedef struct plm_spec plm_spec;
typedef struct plm_spec_argument plm_spec_argument;

struct plm_spec_argument {
    const char *key; /* NULL = by position */
    const plm_spec *value;
    int column;
};

struct plm_spec {
    plm_spec_type type;
    const char *text;
    double number;
    bool whole;   /* a NUMBER written without point, exponent or quotient */
    bool called;  /* a NAME followed by parentheses */
    int column;   /* from 1, in the text that was parsed */
    size_t count; /* arguments of a NAME, elements of a LIST */
    const plm_spec_argument *argument;
};

/* One spec. Errors: E_SPEC with the column and a caret-free excerpt. The result lives in the
 * arena. */
PLM_CHECKED plm_status plm_spec_parse(plm_arena *a, const char *text, const plm_spec **out);
/* a | b | c: fills *out with an array of *count specs. separator '|' or ','. */
PLM_CHECKED plm_status plm_spec_parse_sequence(plm_arena *a, const char *text, char separator,
                                               size_t *count, const plm_spec *const **out);
/* What stands between the parentheses of a call: "mse, aux=mae"; *out has the arguments. */
PLM_CHECKED plm_status plm_spec_parse_arguments(plm_arena *a, const char *text,
                                                const plm_spec **out);
/* Canonical text: names lower-case as written, one space after commas, shortest numbers, quotes
 * escaped. */
void plm_spec_print(plm_text *t, const plm_spec *s);
/* The same into an arena; NULL = no memory. */
const char *plm_spec_text(plm_arena *a, const plm_spec *s);
/* s with the argument `key` said as value, after the others; value NULL = left out. NULL = no
 * memory. (spec_edit.c) */
const plm_spec *plm_spec_with(plm_arena *a, const plm_spec *s, const char *key,
                              const plm_spec *value);
/* Puts s into single quotes with escapes, so that any text can be pasted into a spec. */
void plm_spec_quote(plm_text *t, const char *s);

#endif
