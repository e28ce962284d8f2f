/* The text of an expression while it is parsed. Internal to expression.c and expression_reader.c.
 */
#ifndef PLM_NN_EXPRESSION_READER_H
#define PLM_NN_EXPRESSION_READER_H

#include "nn/expression_code.h"

/* The text that is being parsed, and the code made so far. */
typedef struct {
    plm_arena *a;
    const char *text;         /* the rule */
    const char *const *names; /* names of variables, ended by NULL */
    size_t at;                /* index of the next byte to be read */
    int depth, height;        /* depth: depth of nested parts. height: height of the stack. */
    plm_instruction *code;    /* [length] in the arena */
    size_t length, capacity;  /* length: number of instructions in use. capacity: number of
                               * instructions for which there is memory. */
    uint32_t uses;            /* bit i: the rule uses variable i */
} plm_rule_reader;

/* Fails at position `at`, with an excerpt of the text around it. */
PLM_CHECKED plm_status plm_rule_fail(const plm_rule_reader *r, size_t at, const char *hint,
                                     const char *what);
/* Fails with "expected X, found Y" at the next character. */
PLM_CHECKED plm_status plm_rule_expected(const plm_rule_reader *r, const char *expected);
/* True for a letter or an underscore; for a digit. They do not depend on the locale. */
bool plm_rule_letter(char c);
/* True for 0 to 9. */
bool plm_rule_digit(char c);
/* Skips blanks. */
void plm_rule_skip_blanks(plm_rule_reader *r);
/* Returns the length of the word at the current position; 0 = none. */
size_t plm_rule_word(const plm_rule_reader *r);
/* Skips the operator or word if it comes next, and returns true. */
bool plm_rule_take(plm_rule_reader *r, const char *token);

#endif
