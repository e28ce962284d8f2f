/* plummet_doctor: why a net does not train. It gives readings, which are numbers measured inside a
 * net, and findings. A finding is a fault of data, settings or training, with its evidence and a
 * remedy. `plummet describe finding` lists them.
 *
 * Errors, owning and NULL handles are as in plummet.h.
 *
 *     plm_diagnosis *d = plm_doctor(model, train, PLM_DOCTOR(.validation = validation));
 *     plm_finding f;
 *     for (int64_t i = 0; i < plm_diagnosis_findings(d, i, &f); i++)
 *         printf("%s %s: %s\n", f.code, f.layer, f.what);
 *     plm_diagnosis_free(d);
 */
#ifndef PLUMMET_DOCTOR_H
#define PLUMMET_DOCTOR_H

#include "plummet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- numbers from inside a net ---- */

/* Numbers measured in one layer for a batch and its update. NaN = not measured, or the layer has no
 * such number. */
typedef struct {
    const char *layer; /* name of the layer; borrowed from the model until it is compiled again */
    int64_t step;      /* the step that was measured, from 1; 0 = measured before the first step */
    int64_t units;     /* number of columns of its output */
    bool finite;       /* true = all numbers of the output are finite */
    /* mean, variance and largest magnitude of the layer's output, over at most 64 rows of the
     * batch */
    double mean, variance, largest;
    /* mean variance of a column of the output over these rows; 0 = the rows have equal outputs */
    double between;
    double zero; /* share of the output that is exactly 0, from 0 to 1 */
    /* share of the weighted sums at or below the lower end, and share at or above the upper end, of
     * the range in which the activation is not flat */
    double low, high;
    /* share of the units of a relu layer that gave 0 for each of the last 1,024 rows (256 of a
     * replay) or more that were examined; NaN = fewer rows so far, or another activation */
    double dead;
    /* root mean square of dz, the gradient of the loss with respect to the value before the
     * activation */
    double rms_dz;
    /* Euclidean norms: of the layer's matrices before the step, of their gradient before clipping,
     * and of the step itself */
    double norm_w, norm_g, norm_u;
} plm_reading;

/* Runs forward and backward over rows of d and measures every layer, without an update: model and
 * data are unchanged afterwards. All is measured on the first batch; of a net with relu, at least
 * 1,024 rows are read, if d has as many, to find units that are always 0. A model that was not
 * trained before is first adapted to d, as plm_fit does (see plm_adapt).
 * m: compiled with an optimizer and a loss.
 * out: [capacity], a reading for each layer except inputs, in the order of the model; may be NULL.
 * loss: set to the mean loss of the first batch; may be NULL.
 * Returns the number of layers; a plm_status below 0 on failure. */
PLM_API int64_t plm_look(plm_model *m, plm_data *d, plm_reading *out, int64_t capacity,
                         double *loss);

/* ---- findings ---- */

/* How bad a finding is. A note may be harmless. An error is a fault that does harm. */
typedef enum { PLM_NOTE, PLM_WARNING, PLM_ERROR } plm_level;

/* The part of the examination that found something: the rows; settings and layers; a pass over a
 * batch before the first step; measurements during a training; metrics; the test whether one batch
 * can be memorized. */
typedef enum {
    PLM_PART_DATA,
    PLM_PART_STATIC,
    PLM_PART_INIT,
    PLM_PART_RUN,
    PLM_PART_EVALUATION,
    PLM_PART_PROBE
} plm_part_of_finding;

/* A remedy: a key of the run file, and the value that it should have. */
typedef struct plm_remedy {
    /* a key such as "optimizer" or "model.0"; "" = the remedy cannot be written as one key */
    const char *key;
    const char
        *value; /* the new value of the key, such as "adam(1e-3)"; without a key, advice in words */
    /* another key that has to change together with this one, such as a second layer with the same
     * fault; NULL = none */
    const struct plm_remedy *also;
} plm_remedy;

/* A finding. All texts are borrowed from the diagnosis; "" = none. */
typedef struct {
    const char *code;  /* "G101": never changes */
    const char *name;  /* "vanishing_gradient" */
    const char *cause; /* code of the finding that caused this one and precedes it in the list */
    const char *what;  /* one sentence */
    const char *layer; /* name of the layer */
    const char *key;   /* the key of the run file that is at fault: "model.1" */
    /* lines of a table or picture, at most 76 columns wide, separated by newlines */
    const char *evidence;
    plm_level level;
    plm_part_of_finding part;
    /* the step, from 1, and the epoch, from 0, at which it was found; -1 = not during a training */
    int64_t step, epoch;
    /* the measured number, the threshold that it exceeds or falls below, and the healthy range of
     * such numbers; 0 and 0 = unknown */
    double number, threshold, healthy[2];
    int remedies;
    const plm_remedy *remedy; /* [remedies], the first one is the best */
} plm_finding;

/* What was found. */
typedef struct plm_diagnosis plm_diagnosis;

/* Options of plm_doctor. Zero in every field means its default. */
typedef struct {
    size_t size; /* sizeof(plm_doctor_options) */
    /* Validation rows, which are compared with the training rows; NULL = none. If the net was
     * trained before, it is also measured how well it predicts groups of them, such as the rows of
     * one city. */
    plm_data *validation;
    /* number of epochs that are planned, for rules that judge the length of the training; 0 =
     * unknown */
    int64_t epochs;
    /* Rules to use, as specs: "vanishing_gradient(warning=0.01), dead_units"; NULL = all. */
    const char *rules;
    /* only_data: only the data is examined. only_static: only data and settings are examined; the
     * net is not run. */
    bool only_data, only_static;
} plm_doctor_options;

/* Examines data, settings and the untrained net: all that can be known before the first step.
 * m: may be NULL: then only the data is examined. d: the training rows.
 * Returns NULL on failure. The caller frees the result by plm_diagnosis_free. */
PLM_API plm_diagnosis *plm_doctor(plm_model *m, plm_data *d, const plm_doctor_options *o);
/* Frees a diagnosis; NULL is fine. */
PLM_API void plm_diagnosis_free(plm_diagnosis *d);
/* Describes the finding with this index. Root causes come first, each followed by the findings that
 * it causes.
 * out: filled if index is in range; may be NULL.
 * Returns the number of findings. */
PLM_API int64_t plm_diagnosis_findings(const plm_diagnosis *d, int64_t index, plm_finding *out);
/* Describes the reading with this index; readings are in the order of steps, then layers. Returns
 * the number of readings. */
PLM_API int64_t plm_diagnosis_readings(const plm_diagnosis *d, int64_t index, plm_reading *out);
/* Returns all findings as text of at most `width` columns (at least 30; 0 = 80). Only remedies may
 * be longer, since each stays on one line. Valid until the next call or the end of the diagnosis.
 * NULL = no memory. */
PLM_API const char *plm_diagnosis_text(plm_diagnosis *d, int width);
/* Returns all findings as one JSON object; see docs/guide/doctor.md for its members. Valid until
 * the next call or the end of the diagnosis. NULL = no memory. */
PLM_API const char *plm_diagnosis_json(plm_diagnosis *d);

/* Returns an observer that watches a fit; give it to plm_fit as one of plm_fit_options.extra. It
 * adds its findings during the fit to d. d must belong to the same model and live until the fit is
 * over. At its end it is measured how well the net predicts groups of the fit's validation rows,
 * unless they are of a streamed file. */
PLM_API plm_observer plm_diagnosis_observer(plm_diagnosis *d);

/* Sets options by name and leaves all others at their default. C only. */
#define PLM_DOCTOR(...) (&(plm_doctor_options){.size = sizeof(plm_doctor_options), __VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
