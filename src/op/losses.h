/* Declares what the files of the losses share. loss_elements.c and loss_classes.c have the
 * functions; loss_table.c has the table. A metric of the same name as a loss uses these functions
 * through the table. */
#ifndef PLM_OP_LOSSES_H
#define PLM_OP_LOSSES_H

#include "op/op.h"

/* Keras's epsilon. Probabilities p are limited to epsilon <= p <= 1 - epsilon before a logarithm is
 * taken. */
#define PLM_LOSS_EPSILON 1e-7

/* The config of categorical_crossentropy and binary_crossentropy. */
typedef struct {
    bool from_logits;
    double label_smoothing; /* label smoothing s: a target t becomes t (1 - s) + s / number of
                             * classes */
} plm_crossentropy_config;

/* The config of sparse_categorical_crossentropy. */
typedef struct {
    bool from_logits;
    double ignore_class; /* rows with this label are ignored; inf = no row is ignored */
    double label_smoothing;
} plm_sparse_config;

/* The config of huber. */
typedef struct {
    double delta; /* the loss is quadratic for |p - t| <= delta, linear beyond */
} plm_huber_config;

/* The keys of the cross-entropies whose targets are distributions. */
extern const plm_field plm_crossentropy_fields[];
/* The keys of the cross-entropy of labels. */
extern const plm_field plm_sparse_fields[];

/* Computes the losses and gradients of some rows, as plm_loss_kind.rows does. */
typedef void plm_loss_function(const plm_loss_rows *r);

/* Losses that are a mean (or sum) over elements (loss_elements.c). */
plm_loss_function plm_loss_rows_squared, plm_loss_rows_absolute, plm_loss_rows_percentage,
    plm_loss_rows_squared_logarithmic, plm_loss_rows_huber, plm_loss_rows_log_cosh,
    plm_loss_rows_hinge, plm_loss_rows_squared_hinge, plm_loss_rows_poisson,
    plm_loss_rows_divergence, plm_loss_rows_binary;
/* Losses that combine all elements of the last axis (loss_classes.c). */
plm_loss_function plm_loss_rows_sparse, plm_loss_rows_categorical, plm_loss_rows_categorical_hinge,
    plm_loss_rows_cosine;

/* Elements of a row that are computed at a time, so that their terms and slopes stay in cache. */
enum { PLM_LOSS_BLOCK = 256 };

/* Computes value[j] = term(p[j], t[j]) and slope[j] = d term / d p[j] for j < n <=
 * PLM_LOSS_BLOCK. */
typedef void plm_loss_terms(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                            plm_real *value, plm_real *slope);
/* Computes the losses of all rows; each loss is the mean of the row's terms. */
void plm_loss_mean_of(const plm_loss_rows *r, plm_loss_terms *terms);
/* Computes the losses of all rows; each loss is the sum of the row's terms. */
void plm_loss_sum_of(const plm_loss_rows *r, plm_loss_terms *terms);

/* Returns the divisor that makes probabilities p [n] sum to 1. This is their sum, or 1 if all of
 * them are exactly 0, as saturated sigmoids may be. NaN stays NaN. */
plm_real plm_loss_mass(const plm_real *p, size_t n);
/* Returns log(sum over x[n] of e^(x - shift)). */
plm_real plm_loss_log_sum(const plm_kernels *kernel, const plm_real *x, size_t n, plm_real shift);
/* If from_logits is true and a gradient is wanted, stores the softmax of the logits of all rows in
 * the gradient, from which the gradient of each row is then computed. */
void plm_loss_begin_gradient(const plm_loss_rows *r, bool from_logits);

/* Returns the weight of a row; 1 if there are no weights. */
static inline plm_real plm_loss_weight(const plm_loss_rows *r, size_t row)
{
    return r->weight ? r->weight[row] : 1;
}

/* Stores the weighted loss of a row, if values are wanted. */
static inline void plm_loss_set(const plm_loss_rows *r, size_t row, plm_real value)
{
    if (r->value)
        r->value[row * r->value_stride] = plm_loss_weight(r, row) * value;
}

/* x[from .. to) = value. */
static inline void plm_loss_fill(plm_real *x, size_t from, size_t to, plm_real value)
{
    for (size_t j = from; j < to; j++)
        x[j] = value;
}

/* Returns the sum of 16 lanes. It adds lane i + 8 to lane i, then continues with half of the lanes:
 * 8, 4, 2, 1. The order is fixed, so that the bits do not depend on the compiler. The lanes are
 * overwritten. */
plm_real plm_loss_fold(plm_real lane[PLM_LANES]);

/* The next functions check shapes, as plm_loss_kind.fits does. This one requires that the target
 * has the dims of the prediction, apart from trailing axes of length 1. */
bool plm_loss_fits_same(const void *config, const plm_shape *prediction, const plm_shape *target,
                        const char **why);
/* Requires the same as plm_loss_fits_same, and at least two classes on the last axis. */
bool plm_loss_fits_classes(const void *config, const plm_shape *prediction, const plm_shape *target,
                           const char **why);
/* Requires that the target has the dims of the prediction without the last axis, which must have at
 * least two classes. */
bool plm_loss_fits_labels(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why);
/* Returns how many of `count` labels take part in the sparse loss, which are those other than
 * ignore_class. It is the plm_loss_kind.counted of that loss. */
size_t plm_loss_counted(const void *config, const plm_real *target, size_t count, size_t stride);

#endif
