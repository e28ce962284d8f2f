/* Declarations that the files of src/assess share. Internal to this folder. */
#ifndef PLM_ASSESS_ASSESSMENT_H
#define PLM_ASSESS_ASSESSMENT_H

#include "assess/assess.h"

/* Lists the targets of the first `targets` outputs of p->model: those for which the data has true
 * values. (target.c) */
PLM_CHECKED plm_status plm_predicted_targets(plm_predicted *p, int targets);
/* Stores the prediction of a row in t. y: the output of the model for this row. */
void plm_predicted_take(plm_predicted_target *t, int64_t row, const float *y);
/* Returns the class in a target y[width] of the data: the value itself if width is 1; otherwise the
 * index of the largest value. */
int plm_class_in(const float *y, int64_t width, int classes);

/* Number of bootstrap samples that are measured together, one in each lane of a vector, so that the
 * compiler can use vector instructions. Loops over these samples read their number from a variable:
 * the compiler would unroll a loop of known length to scalar code. */
enum { PLM_LANES_OF_SAMPLES = 16 };
/* How often one row occurs in each of the samples that are measured together. */
typedef struct {
    uint32_t of[PLM_LANES_OF_SAMPLES];
} plm_counts;

/* A function that computes the metrics of PLM_LANES_OF_SAMPLES samples. count [rows]: how often
 * each row occurs in each sample. out [PLM_LANES_OF_SAMPLES][figures]: the metrics of each sample;
 * those of a sample without rows may have any value. thread: number of the calling thread, since
 * several threads call at the same time. */
typedef void plm_sample_figures(void *self, int thread, const plm_counts *count, double *out);

/* What a bootstrap needs. */
typedef struct {
    plm_arena *a;
    int64_t rows;
    uint64_t seed;
    int times;   /* number of samples */
    int threads; /* number of threads that measure the samples; set by plm_bootstrap_plan */
    int figures;
    plm_sample_figures *measure;
    void *self;
} plm_bootstrap;

/* Sets b->threads. Called first, so that `self` can allocate memory for each of these threads
 * before plm_bootstrap_run. */
void plm_bootstrap_plan(plm_bootstrap *b);
/* Computes the metrics of all rows, and their intervals over bootstrap samples. out: [figures]. */
PLM_CHECKED plm_status plm_bootstrap_run(const plm_bootstrap *b, plm_interval *out);

/* Fills in the metrics of a target whose values are classes. The caller has set rows and target of
 * s. */
PLM_CHECKED plm_status plm_assess_classes(plm_bootstrap *b, plm_assessment *s);
/* Fills in the metrics of a target whose values are numbers. The caller has set rows and target of
 * s. */
PLM_CHECKED plm_status plm_assess_numbers(plm_bootstrap *b, plm_assessment *s);

#endif
