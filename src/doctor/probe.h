/* The probe of a training: measures sampled steps and keeps the readings. */
#ifndef PLM_DOCTOR_PROBE_H
#define PLM_DOCTOR_PROBE_H

#include "doctor/measure.h"
#include "train/probe.h"

/* A probe of one model. It takes its memory when it is opened and none while it measures. */
typedef struct {
    plm_model *m;
    plm_arena arena;
    plm_probe_hook hook;
    plm_spot *spot; /* [layers] */
    size_t layers;
    plm_sums columns;
    plm_real **seen; /* [layers] columns that were not 0 in this window; NULL = not counted */
    int64_t window;  /* rows of the window so far */
    /* rows of a whole window: 1,024, or all rows of the data if they are fewer */
    int64_t enough;
    double *dead;       /* [layers] of the last whole window; NaN = none yet */
    plm_sample *sample; /* [capacity] */
    int64_t samples, capacity;
    int64_t every; /* after the first 20 steps, every such step is measured */
    /* loss of the last step, and of each of the first 100 */
    double last_loss, early_loss[100];
    int64_t early_losses, steps;
    int64_t epoch; /* epoch of the next steps; the owner sets it */
    bool always;   /* measure every step, as a look does */
    bool suspect;  /* a number of the last measured step is not finite */
    plm_bad bad;   /* the first one in a measured step */
} plm_probe;

/* Makes a probe of a compiled model. rows: of a batch. samples: room for so many measured steps; if
 * there are more, those after step 20 are thinned out. */
PLM_CHECKED plm_status plm_probe_open(plm_probe *p, plm_model *m, int64_t rows, int64_t samples);
/* rows: of the data, so that a window is not longer than an epoch; 0 = unknown. */
void plm_probe_set_rows(plm_probe *p, int64_t rows);
void plm_probe_close(plm_probe *p);
/* Lets the probe measure the training of its model, or ends that. The model must not have been
 * compiled since the probe was opened. */
void plm_probe_attach(plm_probe *p);
void plm_probe_detach(plm_probe *p);
/* Called when samples of an earlier part of the training were put in: sets what depends on them. */
void plm_probe_resume(plm_probe *p);
/* Looks for the first number that is not finite in what the last step left: outputs of the layers
 * upwards, then gradients downwards, then weights. out->known = false: there is none. */
void plm_probe_find_bad(const plm_probe *p, plm_bad *out);

#endif
