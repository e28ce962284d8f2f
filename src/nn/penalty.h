/* Declares penalties on parameters, which are added to gradient and loss, and constraints, which
 * are enforced after each update. train/ applies both. */
#ifndef PLM_NN_PENALTY_H
#define PLM_NN_PENALTY_H

#include "base/fields.h"
#include "graph/build.h"

struct plm_regularizer_kind;

/* A penalty l1 sum |w| + l2 sum w^2, without a factor 1/2, as in Keras; or a penalty on a whole
 * matrix. */
typedef struct {
    double l1, l2;
    /* a regularizer that needs the whole matrix; NULL = there are only l1 and l2 */
    const struct plm_regularizer_kind *whole;
    const void *config; /* config of `whole` */
} plm_penalty;

/* The descriptor of a regularizer. It has either `strengths` or `matrix`. */
typedef struct plm_regularizer_kind {
    plm_kind kind;
    /* Returns the factors l1 and l2 of a config. */
    plm_penalty (*strengths)(const void *config);
    /* Returns the penalty of a parameter that is a matrix, and adds the derivative to g unless g is
     * NULL. p, g: [weight->size], in the layout weight->layout. memory: [work()], working
     * memory. */
    double (*matrix)(const void *config, const plm_weight *weight, const char *isa,
                     const plm_real *p, plm_real *g, double *memory);
    /* Returns how many numbers of working memory matrix() needs. */
    size_t (*work)(const void *config, const plm_weight *weight);
} plm_regularizer_kind;

/* Finds the regularizer that a spec names and reads its factors; spec == NULL: no penalty. */
PLM_CHECKED plm_status plm_penalty_bind(plm_arena *a, const plm_spec *spec, plm_penalty *out);
/* Returns the penalty of a parameter x [count], added up in double in a fixed order. */
double plm_penalty_sum(const plm_penalty *p, const plm_kernels *kernel, const plm_real *x,
                       size_t count);
/* Adds the derivative of the penalty at x [count] to g [count], elementwise, with the same bits on
 * every instruction set. */
void plm_penalty_gradient(const plm_penalty *p, const char *isa, const plm_real *x, plm_real *g,
                          size_t count);

struct plm_constraint_kind;

/* A constraint on a parameter. */
typedef struct {
    const struct plm_constraint_kind *kind; /* NULL = none */
    const void *config;
    const plm_weight *weight;
    /* Which elements of the parameter, seen as a matrix, have a common norm: those of a column
     * (along_rows), those of a row (along_columns), or all elements (both). */
    bool along_rows, along_columns;
    /* [columns] the vector that the constraint keeps from step to step; NULL = none */
    const plm_weight *kept;
    /* [rows + columns] working memory for a constraint that keeps a vector */
    double *work;
} plm_constraint;

/* The descriptor of a constraint. It has either `factor` or `apply`. */
typedef struct plm_constraint_kind {
    plm_kind kind;
    /* Returns the factor that multiplies elements whose norm is `norm`. */
    double (*factor)(const void *config, double norm);
    /* Enforces the constraint on a whole parameter of the parameter vector p. */
    void (*apply)(const plm_constraint *c, plm_real *p);
    /* true = the constraint keeps a vector from step to step, with a number for each column. The
     * vector is a state parameter; its name is that of the parameter with "_u" at the end. Such a
     * constraint is enforced before the first step, too. */
    bool keeps;
} plm_constraint_kind;

/* Finds the constraint of a parameter and reads its arguments. out->kept stays NULL. */
PLM_CHECKED plm_status plm_constraint_bind(plm_arena *a, const plm_weight *weight,
                                           plm_constraint *out);
/* Enforces a constraint on its parameter in the parameter vector p. (constraint_norm.c) */
void plm_constraint_apply(const plm_constraint *c, plm_real *p);

#endif
