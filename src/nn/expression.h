/* A rule written as an expression, in Python's notation as far as numbers go: read once, then
 * asked as often as wanted. */
#ifndef PLM_NN_EXPRESSION_H
#define PLM_NN_EXPRESSION_H

#include "base/arena.h"

typedef struct plm_instruction plm_instruction;

typedef struct {
    const plm_instruction *code; /* postfix; in the arena */
    int length;
    uint32_t uses; /* bit i = it reads names[i] */
} plm_expression;

/* Reads text; names (at most 31, ended by NULL) are what it may call, in the order of the values
 * it is asked with.
 *
 *   a if b else c   or and not   < <= > >= == !=   + -   * / // %   - +   **   ( ) numbers names pi
 *   exp log log2 log10 sqrt sin cos tanh floor ceil round abs, and min, max, pow of two
 *
 * bind as in Python; true is 1, false 0. Nothing is left out when it is asked: both sides of an
 * `if` are worked out. Errors: E_SPEC with the column, what stands there and what to write
 * instead. */
PLM_CHECKED plm_status plm_expression_read(plm_arena *a, const char *text, const char *const *names,
                                           plm_expression *out);
/* Its value; takes no memory and never fails: what has no value (0/0) is NaN. */
double plm_expression_value(const plm_expression *e, const double *values);

#endif
