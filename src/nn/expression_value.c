/* Evaluates the postfix code of expressions with a stack of numbers. The parser has checked that
 * the stack suffices, so nothing here can fail.
 *
 * Both values of a choice are computed before one is picked: code without jumps is simpler, and an
 * expression has no side effects. */
#include "nn/expression_code.h"

#include <math.h>

/* Returns the larger number, as max in a rule; b if one of them is NaN. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}
/* Returns the smaller number, as min in a rule; b if one of them is NaN. */
static double smaller(double a, double b)
{
    return a < b ? a : b;
}

const plm_function plm_functions[PLM_FUNCTIONS] = {
    {"exp", exp, NULL},     {"log", log, NULL},    {"log2", log2, NULL},  {"log10", log10, NULL},
    {"sqrt", sqrt, NULL},   {"sin", sin, NULL},    {"cos", cos, NULL},    {"tanh", tanh, NULL},
    {"floor", floor, NULL}, {"ceil", ceil, NULL},  {"round", rint, NULL}, {"abs", fabs, NULL},
    {"min", NULL, smaller}, {"max", NULL, larger}, {"pow", NULL, pow},
};

/* Returns the remainder of a division. It has the sign of the divisor, as in Python. */
static double remainder_of(double a, double b)
{
    const double m = fmod(a, b);
    return (m < 0 && b > 0) || (m > 0 && b < 0) ? m + b : m;
}

/* True if a number in a condition means true: any number except 0 and NaN. */
static bool truth(double x)
{
    return x < 0 || x > 0;
}

/* Applies a comparison, `and` or `or`: 1 = true, 0 = false. Every comparison with NaN is false. */
static double compare(plm_operation op, double a, double b)
{
    switch (op) {
    case PLM_DO_LESS:
        return a < b;
    case PLM_DO_LESS_EQUAL:
        return a <= b;
    case PLM_DO_GREATER:
        return a > b;
    case PLM_DO_GREATER_EQUAL:
        return a >= b;
    case PLM_DO_EQUAL:
        return a <= b && a >= b;
    case PLM_DO_NOT_EQUAL:
        return a < b || a > b;
    case PLM_DO_AND:
        return truth(a) && truth(b);
    default:
        return truth(a) || truth(b);
    }
}

/* Applies an operation to two numbers. Division by 0 gives infinity or NaN, as in C; the caller
 * reports a result that is not finite. */
static double of_two(const plm_instruction *i, double a, double b)
{
    switch (i->op) {
    case PLM_DO_ADD:
        return a + b;
    case PLM_DO_SUBTRACT:
        return a - b;
    case PLM_DO_MULTIPLY:
        return a * b;
    case PLM_DO_DIVIDE:
        return a / b;
    case PLM_DO_WHOLE_DIVIDE:
        return floor(a / b);
    case PLM_DO_REMAINDER:
        return remainder_of(a, b);
    case PLM_DO_POWER:
        return pow(a, b);
    case PLM_DO_CALL2:
        return plm_functions[i->index].two(a, b);
    default:
        return compare(i->op, a, b);
    }
}

/* Evaluates an expression. values: the values of the variables, in the order of the parser's list.
 * An empty expression gives NaN. */
double plm_expression_value(const plm_expression *e, const double *values)
{
    /* top: points after the last number of the stack */
    double stack[PLM_EXPRESSION_STACK], *top = stack;
    /* the operands of an operation are the last numbers of the stack, in order */
    for (const plm_instruction *i = e->code; i < e->code + e->length; i++) {
        switch (i->op) {
        case PLM_DO_NUMBER:
            *top++ = i->number;
            break;
        case PLM_DO_VALUE:
            *top++ = values[i->index];
            break;
        case PLM_DO_CALL1:
            top[-1] = plm_functions[i->index].one(top[-1]);
            break;
        case PLM_DO_NEGATE:
            top[-1] = -top[-1];
            break;
        case PLM_DO_NOT:
            top[-1] = !truth(top[-1]);
            break;
        case PLM_DO_SELECT: /* operands: value if true, condition, value if false */
            top -= 2;
            top[-1] = truth(top[0]) ? top[-1] : top[1];
            break;
        default:
            top--;
            top[-1] = of_two(i, top[-1], top[0]);
        }
    }
    /* the sign of a NaN differs from machine to machine, and messages would show it */
    return e->length > 0 && !isnan(top[-1]) ? top[-1] : (double)NAN;
}
