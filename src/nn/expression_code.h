/* Defines the postfix code of expressions, which expression.c makes and expression_value.c runs.
 * Internal to nn/. */
#ifndef PLM_NN_EXPRESSION_CODE_H
#define PLM_NN_EXPRESSION_CODE_H

#include "nn/expression.h"

/* An operation. VALUE is a variable, CALL1 and CALL2 are functions of one and two numbers. */
typedef enum {
    PLM_DO_NUMBER,
    PLM_DO_VALUE,
    PLM_DO_CALL1,
    PLM_DO_CALL2,
    PLM_DO_NEGATE,
    PLM_DO_ADD,
    PLM_DO_SUBTRACT,
    PLM_DO_MULTIPLY,
    PLM_DO_DIVIDE,
    PLM_DO_WHOLE_DIVIDE,
    PLM_DO_REMAINDER,
    PLM_DO_POWER,
    PLM_DO_LESS,
    PLM_DO_LESS_EQUAL,
    PLM_DO_GREATER,
    PLM_DO_GREATER_EQUAL,
    PLM_DO_EQUAL,
    PLM_DO_NOT_EQUAL,
    PLM_DO_NOT,
    PLM_DO_AND,
    PLM_DO_OR,
    PLM_DO_SELECT
} plm_operation;

/* An instruction of the postfix code. */
struct plm_instruction {
    plm_operation op;
    int index; /* index of a variable or a function */
    /* value of a NUMBER */
    double number;
};

/* A function of one or two numbers. One pointer is set, the other is NULL. */
typedef struct {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
} plm_function;

/* Number of functions, and the maximum height of the stack. */
enum { PLM_FUNCTIONS = 15, PLM_EXPRESSION_STACK = 256 };
/* The functions that an expression may call. */
extern const plm_function plm_functions[PLM_FUNCTIONS];

#endif
