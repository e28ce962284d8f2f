/* Declarations that the files of an assessment share. Internal to assess/. */
#ifndef PLM_ASSESS_ASSESSMENT_H
#define PLM_ASSESS_ASSESSMENT_H

#include "assess/assess.h"

/* Lists the targets of the first `targets` outputs of p->model, for which the data has true values.
 * (target.c) */
PLM_CHECKED plm_status plm_predicted_targets(plm_predicted *p, int targets);
/* Stores the prediction of a row. y: the output for this row. */
void plm_predicted_take(plm_predicted_target *t, int64_t row, const float *y);
/* Returns the class in a target y[width] of the data: a single number is the class; of several, the
 * class is the index of the largest. */
int plm_class_in(const float *y, int64_t width, int classes);

/* Number of samples that are measured at a time, so that the compiler can use vectors. Loops over
 * them take it from a variable: a loop of known length would be unrolled to single numbers. */
enum { PLM_LANES_OF_SAMPLES = 16 };
/* How often a row occurs in each of these samples. */
typedef struct {
    uint32_t of[PLM_LANES_OF_SAMPLES];
} plm_counts;

/* Computes the metrics of samples of the rows. count: [rows]. out: [lanes][figures]; a lane without
 * rows gets any values. thread: threads call it at the same time, each with another number. */
typedef void plm_sample_figures(void *self, int thread, const plm_counts *count, double *out);

/* What a bootstrap needs. */
typedef struct {
    plm_arena *a;
    int64_t rows;
    uint64_t seed;
    int times;   /* number of samples */
    int threads; /* number of threads that measure them; set by plm_bootstrap_plan */
    int figures;
    plm_sample_figures *measure;
    void *self;
} plm_bootstrap;

/* Sets b->threads, so that `measure` can have memory for each thread. */
void plm_bootstrap_plan(plm_bootstrap *b);
/* Computes the metrics of all rows, and their intervals over samples. out: [figures]. */
PLM_CHECKED plm_status plm_bootstrap_run(const plm_bootstrap *b, plm_interval *out);

/* Fills in the metrics of a target of classes. s: its rows and target are set. */
PLM_CHECKED plm_status plm_assess_classes(plm_bootstrap *b, plm_assessment *s);
/* As plm_assess_classes, for a target of numbers. */
PLM_CHECKED plm_status plm_assess_numbers(plm_bootstrap *b, plm_assessment *s);

#endif
