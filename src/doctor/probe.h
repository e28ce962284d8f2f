/* The probe of a training: measures some of its steps and keeps the measurements. */
#ifndef PLM_DOCTOR_PROBE_H
#define PLM_DOCTOR_PROBE_H

#include "doctor/measure.h"
#include "train/probe.h"

/* A probe of one model. It allocates memory when it is opened, but not while it measures. */
typedef struct {
    plm_model *m;
    plm_arena arena;
    plm_probe_hook hook;
    plm_spot *spot; /* [layers] */
    size_t layers;
    plm_sums columns;
    /* [layers] for each layer, the columns that were not 0 in some row of the current window; NULL
     * = not counted */
    plm_real **seen;
    int64_t window; /* rows of the window so far */
    /* number of rows over which dead units are counted (a window): 1,024, or all rows of the data
     * if there are fewer; 256 of a replay */
    int64_t enough;
    /* [layers] share of dead units in the last complete window; NaN = no window is complete yet */
    double *dead;
    plm_sample *sample; /* [capacity] */
    int64_t samples, capacity;
    /* after the first 20 steps, a step is measured if its number is a multiple of this */
    int64_t every;
    /* loss of the last step, and loss of each of the first 100 steps */
    double last_loss, early_loss[100];
    /* in a pass of the untrained net: the part of its loss that comes from penalties */
    double penalty;
    int64_t early_losses, steps;
    int64_t epoch; /* epoch to which the next steps belong, set by the owner of the probe */
    bool always;   /* measure every step, as a look does */
    bool suspect;  /* true = some number of the last measured step is not finite */
    plm_bad bad;   /* the first one in a measured step */
} plm_probe;

/* Makes a probe for a compiled model. rows: number of rows of a batch. samples: max number of
 * samples (measured steps); if there are more, samples after step 20 are thinned out. */
PLM_CHECKED plm_status plm_probe_open(plm_probe *p, plm_model *m, int64_t rows, int64_t samples);
/* Sets the number of rows of the data, so that a window is at most as long as an epoch, or
 * fewer rows that are enough for a window; 0 = unknown. */
void plm_probe_set_rows(plm_probe *p, int64_t rows);
void plm_probe_close(plm_probe *p);
/* Starts measuring the training of the model. The model must not have been compiled since the probe
 * was opened. */
void plm_probe_attach(plm_probe *p);
void plm_probe_detach(plm_probe *p);
/* Sets all members that depend on the samples. To be called after samples of an earlier part of the
 * training were added. */
void plm_probe_resume(plm_probe *p);
/* Searches for the first number that is not finite in the memory that the last step has written:
 * outputs from the first layer to the last, gradients from the last to the first, then weights.
 * out->known = false: all are finite. */
void plm_probe_find_bad(const plm_probe *p, plm_bad *out);

#endif
