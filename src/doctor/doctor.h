/* The doctor for the folders that build on src/doctor: they make a diagnosis part by part. The
 * public calls of plummet_doctor.h do the same for programs. */
#ifndef PLM_DOCTOR_DOCTOR_H
#define PLM_DOCTOR_DOCTOR_H

#include "base/text.h"
#include "doctor/repair.h"
#include "plummet_doctor.h"

/* How a model was made from a run file, for findings. Everything is borrowed. */
typedef struct {
    /* number of items below `model:` in the run file, which made the last layers of the model */
    size_t items;
    const int64_t *layers;   /* [items] number of layers that each made */
    const char *const *item; /* [items] the texts of the items: "20 * dense(100) | relu" */
    /* Returns the place and the text of a key of the run file: "net.yaml:7   - dense(10)"; "" =
     * none; NULL = no memory. */
    const char *(*place)(void *self, const char *key);
    void *self;
    bool own_batch; /* true = the batch size was not chosen by the user */
} plm_doctor_places;

/* Returns the initializer that suits an activation. activation = NULL means "linear". (change.c) */
const char *plm_doctor_initializer(const char *activation);

/* What an examination has seen. */
typedef struct {
    int64_t rows, columns; /* size of the data; 0 = not read */
    int classes;           /* 0 = the target is no class, or unknown */
    double frequent;       /* share of the most frequent class; 0 = the targets are not classes */
    /* layers: number of layers of the model; steps: number of trained steps */
    int64_t layers, steps;
    int64_t units;    /* width of the first output; 0 = there is no compiled model */
    const char *loss; /* the model's loss; "" = there is no compiled model */
} plm_doctor_about;

/* Makes an empty diagnosis that applies the rules that `rules` names; NULL = all rules. m may be
 * NULL. Errors: E_SPEC, E_MEMORY. */
PLM_CHECKED plm_status plm_diagnosis_open(plm *w, plm_model *m, const char *rules,
                                          plm_diagnosis **out);
/* Applies all rules to what is known now. A rule that has found an error is not applied again. Sets
 * *fresh, which may be NULL, to the number of findings that are new or more severe than before. */
PLM_CHECKED plm_status plm_diagnosis_apply(plm_diagnosis *d, int *fresh);
/* The same after steps of a training, which change nothing for the rules that are `still`. */
PLM_CHECKED plm_status plm_diagnosis_apply_trained(plm_diagnosis *d, int *fresh);
/* Records that opening the data or building the model failed, with the last error of the runtime w,
 * so that a finding reports it. */
void plm_diagnosis_refuse(plm_diagnosis *d, const plm *w, plm_part_of_finding part);
/* Sets the function that returns the text of a key of the run file; "" = the key is not set. To be
 * called before the rows are read. */
void plm_diagnosis_settings(plm_diagnosis *d, const char *(*setting)(void *self, const char *key),
                            void *self);
/* Reads the rows and examines them. An error in the rows themselves becomes a finding. */
PLM_CHECKED plm_status plm_diagnosis_data(plm_diagnosis *d, plm_data *train, plm_data *validation);
/* Sets how many steps the whole training will have; 0 = unknown. To be called before
 * plm_diagnosis_look. */
void plm_diagnosis_plan(plm_diagnosis *d, int64_t steps);
/* Looks at the model with rows of d. */
PLM_CHECKED plm_status plm_diagnosis_look(plm_diagnosis *d, plm_data *train);
/* Opens the probe that measures a training. planned: number of its steps, 0 = unknown. rows: number
 * of rows of a batch. */
PLM_CHECKED plm_status plm_diagnosis_watch(plm_diagnosis *d, int64_t rows, int64_t planned);
/* Handles an event of the training: attaches and detaches the probe, applies the rules. Sets *fresh
 * to the number of findings that are new or more severe than before. */
PLM_CHECKED plm_status plm_diagnosis_event(plm_diagnosis *d, plm_run *run, const plm_event *e,
                                           int *fresh);
/* Records that the loss was not finite in the last step, and searches for the first number that is
 * not finite. */
PLM_CHECKED plm_status plm_diagnosis_not_finite(plm_diagnosis *d);
/* The same for a training that the diagnosis has not watched, after its last step. epoch: the
 * epoch of that step, from 0. To be called after plm_diagnosis_watch. */
PLM_CHECKED plm_status plm_diagnosis_lost(plm_diagnosis *d, int64_t epoch);
/* Trains a newly made model on one batch, to see whether it can memorize the batch. */
PLM_CHECKED plm_status plm_diagnosis_one_batch(plm_diagnosis *d, plm_model *m, plm_data *train);
/* Makes an observer for a fit that repeats a training whose loss became NaN or infinite, from its
 * start or from a checkpoint. The observer measures every step, and ends the fit at the first
 * number that is not finite. rows: number of rows of a batch. plm_diagnosis_replayed takes over the
 * measurements. */
PLM_CHECKED plm_status plm_diagnosis_replay(plm_diagnosis *d, int64_t rows, plm_observer *out);
PLM_CHECKED plm_status plm_diagnosis_replayed(plm_diagnosis *d);
/* If the readings that were read have no measured step, but say at which step the loss was not
 * finite: returns the number of steps up to there, and forgets the step, since the training is to
 * be repeated. Otherwise 0. (readings.c) */
int64_t plm_diagnosis_steps_to_repeat(plm_diagnosis *d);
/* True if the training became not finite. */
bool plm_diagnosis_is_not_finite(const plm_diagnosis *d);
/* Measures how well the trained net m predicts groups of rows that it was not trained on. m may be
 * another model than that of the diagnosis, such as one that was loaded. rows: of the validation
 * or, if `test`, of the test. Does nothing if the columns of the rows have no names, or the rows
 * are a series, and are thus not independent. Sets *fresh as plm_diagnosis_event does. Only
 * E_MEMORY is returned: rows that cannot be predicted are left out. */
PLM_CHECKED plm_status plm_diagnosis_groups(plm_diagnosis *d, plm_model *m, plm_data *rows,
                                            bool test, int *fresh);
/* Returns the number of findings that have at least this level and follow from no other finding. */
int plm_diagnosis_roots(const plm_diagnosis *d, plm_level level);

/* Returns the whole diagnosis as plm_diagnosis_text does. terminal: the first line is broken at any
 * width; otherwise only on a narrow screen, so that it can be searched. (text.c) */
const char *plm_diagnosis_page(plm_diagnosis *d, int width, bool terminal);
/* Adds one finding as text, with the findings that follow from it. (text.c) */
void plm_diagnosis_add_finding(const plm_diagnosis *d, int index, int width, plm_text *out);
/* Adds as text the findings that were not added before, or have become more severe since. Leaves
 * out notes, and findings about which the library itself has warned. (text.c) */
void plm_diagnosis_add_fresh(plm_diagnosis *d, int width, plm_text *out);
/* Adds a sentence with the number of findings. (text.c) */
void plm_diagnosis_add_summary(const plm_diagnosis *d, int width, plm_text *out);
/* Adds the measurements of the training (readings) as CSV: step, epoch, loss, layer and the values
 * of the layer. (readings.c) */
void plm_diagnosis_add_readings(const plm_diagnosis *d, plm_text *out);
/* Reads CSV that plm_diagnosis_add_readings has written, for plm_diagnosis_resume or for a training
 * that is resumed. plm_diagnosis_watch must have been called before. file: its name, for messages.
 * Errors: E_FORMAT if the readings do not belong to this model. (readings.c) */
PLM_CHECKED plm_status plm_diagnosis_read_readings(plm_diagnosis *d, const char *text,
                                                   const char *file);
/* Diagnoses a training by the readings that plm_diagnosis_read_readings has read. steps: number of
 * trained steps. ended: no more steps will follow. history: the epochs of the training; borrowed.
 * */
PLM_CHECKED plm_status plm_diagnosis_resume(plm_diagnosis *d, int64_t steps, bool ended,
                                            const plm_history *history);
/* Sets a sentence, borrowed, that says at the end of the text what could not be examined. */
void plm_diagnosis_leave(plm_diagnosis *d, const char *unseen);

/* Sets `code` to the next possible cause of a finding that was examined but not found. at: NULL in
 * the first call, then what the previous call returned; NULL is returned after the last one. */
const char *plm_diagnosis_next_ruled_out(const plm_diagnosis *d, const plm_finding *f,
                                         const char *at, char code[8]);

/* Sets the model, which was compiled after the diagnosis was opened, and how it was made from the
 * run file. */
PLM_CHECKED plm_status plm_diagnosis_model(plm_diagnosis *d, plm_model *m,
                                           const plm_doctor_places *places);
/* Sets the title of the texts, which is their first line, and the name of the run. Both are
 * borrowed. */
void plm_diagnosis_entitle(plm_diagnosis *d, const char *title, const char *run);
/* Declares that only the data will be examined. To be called before plm_diagnosis_data. */
void plm_diagnosis_alone(plm_diagnosis *d);
/* True if plm_diagnosis_refuse was called: data or model could not be opened, so nothing more can
 * be examined. */
bool plm_diagnosis_is_refused(const plm_diagnosis *d);
/* Adds the record of a repair, borrowed, to the reports. */
void plm_diagnosis_repaired(plm_diagnosis *d, const plm_repair *repair);
/* Describes what was examined. */
plm_doctor_about plm_diagnosis_about(const plm_diagnosis *d);

#endif
