/* Parses and evaluates expressions that users write as text in the notation of Python, such as
 * learning rate schedules. All values are numbers. An expression is parsed once, then evaluated as
 * often as needed. */
#ifndef PLM_NN_EXPRESSION_H
#define PLM_NN_EXPRESSION_H

#include "base/arena.h"

/* One step of the evaluation; defined in expression.c. */
typedef struct plm_instruction plm_instruction;

/* A parsed expression. */
typedef struct {
    /* [length] postfix code, in the arena: operands come before their operation */
    const plm_instruction *code;
    int length;
    uint32_t uses; /* bit i = the expression uses names[i] */
} plm_expression;

/* Parses an expression.
 * names: the variables that it may use, at most 31, ended by NULL.
 *   a if b else c   or and not   < <= > >= == !=   + -   * / // %   - +   **   ( ) numbers names pi
 *   exp log log2 log10 sqrt sin cos tanh floor ceil round abs, and min, max, pow of two numbers
 * Operators have the precedence that they have in Python; true is 1, false is 0. Both branches of
 * an `if` are always evaluated.
 * Errors: E_SPEC with the column, what was found there and what to write instead. */
PLM_CHECKED plm_status plm_expression_read(plm_arena *a, const char *text, const char *const *names,
                                           plm_expression *out);
/* Returns the value of an expression. values: the values of the variables, in the order of `names`.
 * Allocates nothing and never fails: an undefined value (0/0) is NaN. */
double plm_expression_value(const plm_expression *e, const double *values);

#endif
