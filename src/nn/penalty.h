/* What is asked of single parameters: penalties that enter gradient and loss, constraints kept
 * after each update. */
#ifndef PLM_NN_PENALTY_H
#define PLM_NN_PENALTY_H

#include "base/fields.h"
#include "graph/build.h"

/* A penalty l1 sum |w| + l2 sum w^2 (Keras: no factor 1/2). */
typedef struct {
    double l1, l2;
} plm_penalty;

typedef struct {
    plm_kind kind;
    plm_penalty (*strengths)(const void *config);
} plm_regularizer_kind;
extern const plm_kind *const plm_regularizer_table[];

/* spec NULL = no penalty. */
PLM_CHECKED plm_status plm_penalty_bind(plm_arena *a, const plm_spec *spec, plm_penalty *out);
/* The penalty of a parameter, added up in double in a fixed order. */
double plm_penalty_sum(const plm_penalty *p, const plm_real *x, size_t count);
/* g += d penalty / d x, elementwise; the same bits on every instruction set. */
void plm_penalty_gradient(const plm_penalty *p, const char *isa, const plm_real *x, plm_real *g,
                          size_t count);

/* A constraint projects columns of a matrix: `rows` numbers, `stride` apart, of each of
 * `columns` neighbours. */
typedef struct {
    plm_kind kind;
    void (*project)(const void *config, plm_real *x, size_t rows, size_t columns, size_t stride);
} plm_constraint_kind;
extern const plm_kind *const plm_constraint_table[];

typedef struct {
    const plm_constraint_kind *kind; /* NULL = none */
    const void *config;
} plm_constraint;

/* spec NULL = no constraint. */
PLM_CHECKED plm_status plm_constraint_bind(plm_arena *a, const plm_spec *spec, plm_constraint *out);
/* Projects a whole parameter in the long vector p: norms run along axis 0, as Keras's axis=0
 * says. */
void plm_constraint_apply(const plm_constraint *c, const plm_weight *weight, plm_real *p);

#endif
