/* Evaluates activations as functions of one number, and computes curves for drawing. */
#ifndef PLM_STUDY_CURVE_H
#define PLM_STUDY_CURVE_H

#include "plummet.h"

/* An activation of the library, as a model that applies it to rows of `width` numbers. */
typedef struct {
    plm *w;
    plm_model *m;
    int64_t width;
} plm_function;

/* Builds the model input(width) | activation(spec). Free f after success and after failure.
 * Errors: E_SPEC, also for an activation that depends on a whole row, such as softmax; E_MEMORY. */
PLM_CHECKED plm_status plm_function_open(plm_function *f, plm *w, const char *spec, int64_t width);
/* Computes y = f(x) for x [rows, width]. y: [rows, width], filled. */
PLM_CHECKED plm_status plm_function_apply(const plm_function *f, int64_t rows, const float *x,
                                          float *y);
/* Frees the model. */
void plm_function_free(plm_function *f);

/* The points of a curve, in the order of increasing x. */
typedef struct {
    int count;
    double *x, *y; /* [count] */
} plm_curve;

/* Computes the curve of an activation between `from` and `to`, and the curve of its derivative.
 * Points that lie on a straight line between others are left out. Free both curves after success
 * and after failure.
 * Errors: those of plm_function_open; E_MEMORY. */
PLM_CHECKED plm_status plm_activation_curves(plm *w, const char *spec, double from, double to,
                                             plm_curve *value, plm_curve *derivative);
/* Frees the points. */
void plm_curve_free(plm *w, plm_curve *c);

#endif
