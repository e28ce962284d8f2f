/* Penalties on parameters, which are added to gradient and loss, and constraints, which are
 * enforced after each update. train/ applies both. */
#ifndef PLM_NN_PENALTY_H
#define PLM_NN_PENALTY_H

#include "base/fields.h"
#include "graph/build.h"

struct plm_regularizer_kind;

/* A penalty l1 sum |w| + l2 sum w^2, without a factor 1/2, as in Keras; or a penalty on a whole
 * matrix. */
typedef struct {
    double l1, l2;
    const struct plm_regularizer_kind *whole; /* a kind with `matrix`; NULL = l1 and l2 alone */
    const void *config;                       /* of `whole` */
} plm_penalty;

/* The descriptor of a regularizer. It has either `strengths` or `matrix`. */
typedef struct plm_regularizer_kind {
    plm_kind kind;
    /* Returns the factors l1 and l2 of a config. */
    plm_penalty (*strengths)(const void *config);
    /* Returns the penalty of a parameter that is a matrix, and adds its derivative to g unless that
     * is NULL. p, g: [weight->size], stored as weight->layout says. work: [rows + columns], to
     * write in. */
    double (*matrix)(const void *config, const plm_weight *weight, const plm_real *p, plm_real *g,
                     double *work);
} plm_regularizer_kind;

/* Binds a regularizer; spec NULL = no penalty. */
PLM_CHECKED plm_status plm_penalty_bind(plm_arena *a, const plm_spec *spec, plm_penalty *out);
/* Returns the penalty of a parameter x [count], added up in double in a fixed order. */
double plm_penalty_sum(const plm_penalty *p, const plm_real *x, size_t count);
/* Adds the derivative of the penalty at x [count] to g [count], elementwise, with the same bits on
 * every instruction set. */
void plm_penalty_gradient(const plm_penalty *p, const char *isa, const plm_real *x, plm_real *g,
                          size_t count);

/* The descriptor of a constraint. */
typedef struct {
    plm_kind kind;
    /* Enforces the constraint on each of `columns` neighbouring columns of a matrix x. Each has
     * `rows` numbers, which are `stride` apart. */
    void (*project)(const void *config, plm_real *x, size_t rows, size_t columns, size_t stride);
} plm_constraint_kind;

/* A bound constraint. */
typedef struct {
    const plm_constraint_kind *kind; /* NULL = none */
    const void *config;
} plm_constraint;

/* Binds a constraint; spec NULL = none. */
PLM_CHECKED plm_status plm_constraint_bind(plm_arena *a, const plm_spec *spec, plm_constraint *out);
/* Enforces a constraint on a whole parameter of the long vector p. Norms are along axis 0, as with
 * axis=0 in Keras. */
void plm_constraint_apply(const plm_constraint *c, const plm_weight *weight, plm_real *p);

#endif
