/* Activations as functions of one number: their values, and curves to draw. */
#ifndef PLM_STUDY_CURVE_H
#define PLM_STUDY_CURVE_H

#include "plummet.h"

/* An activation of the library, to be applied to rows of `width` numbers. */
typedef struct {
    plm *w;
    plm_model *m;
    int64_t width;
} plm_function;

/* Builds input(width) | activation(spec). f is to be freed in any case. Errors: E_SPEC, also for
 * an activation of whole rows, such as softmax; E_MEMORY. */
PLM_CHECKED plm_status plm_function_open(plm_function *f, plm *w, const char *spec, int64_t width);
/* y = f(x); x and y [rows, width]. */
PLM_CHECKED plm_status plm_function_apply(const plm_function *f, int64_t rows, const float *x,
                                          float *y);
void plm_function_free(plm_function *f);

/* Points of a curve, x rising. */
typedef struct {
    int count;
    double *x, *y; /* [count] */
} plm_curve;

/* The curve of an activation between from and to, and that of its derivative. Points that lie on a
 * straight line between others are left out. Both curves are to be freed in any case. Errors:
 * those of plm_function_open; E_MEMORY. */
PLM_CHECKED plm_status plm_activation_curves(plm *w, const char *spec, double from, double to,
                                             plm_curve *value, plm_curve *derivative);
void plm_curve_free(plm *w, plm_curve *c);

#endif
