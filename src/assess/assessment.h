/* What the files of an assessment share. Internal to assess/. */
#ifndef PLM_ASSESS_ASSESSMENT_H
#define PLM_ASSESS_ASSESSMENT_H

#include "assess/assess.h"

/* Finds the targets of all outputs of p->model, of which the data has the first `targets`.
 * (target.c) */
PLM_CHECKED plm_status plm_predicted_targets(plm_predicted *p, int targets);
/* Takes the prediction of a row: y, the numbers of its output. */
void plm_predicted_take(plm_predicted_target *t, int64_t row, const float *y);
/* Returns the class in y[width] of the data: a number, or the place of the largest of several. */
int plm_class_in(const float *y, int64_t width, int classes);

/* Computes figures of a sample of the rows: row i is in it count[i] times. out: [figures]. */
typedef void plm_sample_figures(void *self, const uint32_t *count, double *out);

/* What a bootstrap needs. */
typedef struct {
    plm_arena *a;
    int64_t rows;
    uint64_t seed;
    int times; /* number of samples */
    int figures;
    plm_sample_figures *measure;
    void *self;
} plm_bootstrap;

/* Computes the figures of all rows, and their intervals over samples: out[figures]. */
PLM_CHECKED plm_status plm_bootstrap_run(const plm_bootstrap *b, plm_interval *out);

/* Fill the figures of a target. s: its rows and target are set. */
PLM_CHECKED plm_status plm_assess_classes(plm_bootstrap *b, plm_assessment *s);
/* As plm_assess_classes, for a target of numbers. */
PLM_CHECKED plm_status plm_assess_numbers(plm_bootstrap *b, plm_assessment *s);

#endif
