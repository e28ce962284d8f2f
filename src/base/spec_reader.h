/* Reads the text of a spec while it is parsed. spec.c and the files named below share it. */
#ifndef PLM_BASE_SPEC_READER_H
#define PLM_BASE_SPEC_READER_H

#include "base/spec.h"

/* The text being parsed and the position in it. */
typedef struct {
    plm_arena *a;
    const char *text;
    size_t at;
    int depth;       /* number of open brackets */
    size_t computed; /* number of elements of the lists that * and + have made */
} plm_spec_reader;

/* The arguments of one bracket while they are read. s->argument has those read so far. */
typedef struct {
    plm_spec *s;             /* gets the arguments */
    plm_spec_argument *item; /* [s->count], with memory for `capacity` */
    size_t capacity;         /* of `item` */
    bool keys;               /* true = keys are allowed */
} plm_spec_collector;

/* The next functions test a character: whether it is a digit, a letter or _, or any of them. */
static inline bool plm_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True if a name may begin with this character. */
static inline bool plm_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* True if a name may contain this character after its first one. */
static inline bool plm_is_inside_name(char c)
{
    return plm_is_letter(c) || plm_is_digit(c);
}

/* Returns the next character; NUL at the end. */
static inline char plm_spec_peek(const plm_spec_reader *r)
{
    return r->text[r->at];
}

/* Skips blanks, tabs and line ends. */
static inline void plm_spec_skip_blanks(plm_spec_reader *r)
{
    while (plm_spec_peek(r) == ' ' || plm_spec_peek(r) == '\t' || plm_spec_peek(r) == '\n' ||
           plm_spec_peek(r) == '\r')
        r->at++;
}

/* Fails at position `at`, with an excerpt of the text around it. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_spec_fail_at(const plm_spec_reader *r, size_t at, const char *hint,
                                        const char *what);
/* Fails with "expected X, found Y" at the next character. */
PLM_CHECKED plm_status plm_spec_fail_expected(const plm_spec_reader *r, const char *expected,
                                              const char *hint);
/* Returns the length of a decimal at s; 0 = none. *whole: true if it has neither point nor
 * exponent. */
size_t plm_spec_measure_decimal(const char *s, bool *whole);
/* Reads a number into s. Errors: E_SPEC, E_MEMORY. */
PLM_CHECKED plm_status plm_spec_read_number(plm_spec_reader *r, plm_spec *s);
/* Reads a quoted text into s. Errors: E_SPEC, E_MEMORY. */
PLM_CHECKED plm_status plm_spec_read_text(plm_spec_reader *r, plm_spec *s);
/* True if the text is a name, which an argument needs as its key. (spec_config.c) */
bool plm_spec_is_name(const char *text);
/* Makes a call of a dictionary that was read as a call without a name. Errors: E_SPEC, E_MEMORY.
 * (spec_config.c) */
PLM_CHECKED plm_status plm_spec_give_class(const plm_spec_reader *r, plm_spec *s);
/* Does so with the dictionaries among the entries of s. (spec_config.c) */
PLM_CHECKED plm_status plm_spec_give_classes(const plm_spec_reader *r, plm_spec *s);
/* Appends an argument, after checking its key. Errors: E_SPEC, E_MEMORY. (spec_collect.c) */
PLM_CHECKED plm_status plm_spec_collect(const plm_spec_reader *r, plm_spec_collector *c,
                                        const plm_spec_argument *argument);
/* Returns the length of a method at the end of a name: of ".from_config" in Dense.from_config; 0 =
 * the name does not end with it. (spec_collect.c) */
size_t plm_spec_measure_method(const char *name, size_t length, const char *method);
/* Moves after an operator that follows a list, and blanks. Returns false if it does not follow; the
 * position stays then. (spec_collect.c) */
bool plm_spec_skip_operator(plm_spec_reader *r, char operator);
/* Reads a whole number, and makes that many copies of the elements of the list s. Errors: E_SPEC,
 * E_MEMORY. (spec_collect.c) */
PLM_CHECKED plm_status plm_spec_repeat(plm_spec_reader *r, plm_spec *s);
/* Appends the elements of a list to the list s. Errors: E_SPEC, E_MEMORY. (spec_collect.c) */
PLM_CHECKED plm_status plm_spec_append(plm_spec_reader *r, plm_spec *s, const plm_spec *more);

#endif
