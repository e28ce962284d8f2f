/* Converts a training in memory to a part of a document, and back. Internal to train/.
 *
 * Besides the tensors of the model, the document contains training/NAME/PARAMETER (vectors of the
 * optimizer, the moving average, accumulated gradients, weights kept by observers) and tensors of
 * numbers, float64:
 *   training/numbers           see plm_snapshot_number
 *   training/rate              the learning rate of the last step
 *   training/gathered_batches  number of batches whose gradients are accumulated
 *   training/memory            what an optimizer keeps besides slots (plm_training.memory)
 *   training/end               see plm_snapshot_end_number
 *   training/good_numbers      within an epoch: the numbers of the fallback state (good.c), then
 *                              its copy of what the optimizer keeps besides slots
 *   training/epoch             within an epoch: its number of batches and its sums so far
 *   training/scores/I/K        within an epoch: predictions of the I-th metric, see
 *                              snapshot_scores.c
 *   training/since             see plm_snapshot_since_number
 *   training/history           a row for each epoch
 *   training/observer/K        the numbers that the K-th observer remembers
 * Texts are stored as bytes: training/stopped_by, training/observers
 * (snapshot_observers.c),
 * training/history_names, training/facts and training/run (same_run.c).
 * The shuffle and all noise are functions of seed, epoch and step, so nothing else needs to be
 * stored. */
#ifndef PLM_TRAIN_SNAPSHOT_H
#define PLM_TRAIN_SNAPSHOT_H

#include <limits.h>

#include "model/document.h"
#include "train/run.h"

/* Names of tensors that snapshot.c writes and snapshot_restore.c reads. */
#define PLM_SNAPSHOT_GATHERED PLM_DOCUMENT_TRAINING "gathered_batches"
#define PLM_SNAPSHOT_MEMORY PLM_DOCUMENT_TRAINING "memory"
#define PLM_SNAPSHOT_GOOD PLM_DOCUMENT_TRAINING "good_numbers"

/* The numbers in the tensor training/numbers, in this order. */
typedef enum {
    PLM_SNAPSHOT_EPOCH,
    PLM_SNAPSHOT_STEP,
    PLM_SNAPSHOT_UPDATES,
    PLM_SNAPSHOT_FORCED_RATE,
    PLM_SNAPSHOT_STATE,
    PLM_SNAPSHOT_NUMBERS = PLM_SNAPSHOT_STATE + 4
} plm_snapshot_number;

/* The numbers of training/end: 1 if the fit ended, number of epochs requested, the best epoch. */
typedef enum {
    PLM_SNAPSHOT_ENDED,
    PLM_SNAPSHOT_REQUESTED,
    PLM_SNAPSHOT_BEST,
    PLM_SNAPSHOT_ENDS
} plm_snapshot_end_number;

/* The numbers of training/since: those of plm_since, and a checksum of the loss. */
typedef enum {
    PLM_SNAPSHOT_SINCE_LOSS,
    PLM_SNAPSHOT_SINCE_BEST,
    PLM_SNAPSHOT_LOSS_SUM,
    PLM_SNAPSHOT_SINCES
} plm_snapshot_since_number;

/* A vector of a training, with elements for all trained parameters or for all parameters. */
typedef struct {
    char name[32];
    plm_real *vector;
    bool whole; /* true = the vector also has elements for frozen parameters and layer state */
} plm_snapshot_vector;

/* The maximum number of vectors of the optimizer and of the training itself. */
enum { PLM_SNAPSHOT_OWN = 2 * (PLM_SLOTS + 3) + 1 };
/* Lists the vectors of the optimizer and of the training itself in list [PLM_SNAPSHOT_OWN].
 * batches: the snapshot is taken within an epoch, so the fallback state is listed, too: its
 * parameters as "good", its copy of each vector NAME as "good_NAME". Returns their number.
 * (snapshot_vectors.c) */
int plm_snapshot_own(const plm_training *t, bool batches, plm_snapshot_vector *list);
/* Fails because a checkpoint lacks a vector of the training, named by its tensor. */
PLM_CHECKED plm_status plm_snapshot_no_vector(plm *w, const char *path, const char *name);
/* Checkpoints of older versions lack this many sums, those at the end of the list. */
enum { PLM_SNAPSHOT_NEW_SUMS = 3 };
/* Copies the sums of the epoch so far to `at` if `out`, else from `at` into the training. at ==
 * NULL: only counts them. Returns the number of sums. */
size_t plm_snapshot_sums(plm_training *t, double *at, bool out);

/* ---- snapshot_observers.c ---- */

/* There is no such observer in the file, or it monitored something else. */
enum { PLM_SNAPSHOT_NONE = INT_MAX };
/* Adds the line of an observer: its kind, and what it monitors. */
void plm_snapshot_put_observer(const plm_run *r, int observer, plm_text *t);
/* Finds an observer of this fit in the lines of the file. more: true = the fit trains more epochs,
 * so what both monitored is compared; if it differs, a warning says that the observer begins anew.
 * Returns its number in the file; PLM_SNAPSHOT_NONE = it begins anew; below 0: E_MEMORY. */
int plm_snapshot_find_observer(plm_run *r, int observer, const char *lines, bool more);

/* ---- snapshot_since.c ---- */

/* Sets *sum to a checksum of all losses of the model: their specs and their weights. Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_snapshot_loss_sum(const plm_model *m, uint32_t *sum);
/* True if an observer of this fit keeps the weights of its best epoch. */
bool plm_snapshot_keeps(const plm_run *r, int observer);
/* Reads plm_since from a document, and the checksum of its loss. *sum = -1: an older version wrote
 * the file. */
PLM_CHECKED plm_status plm_snapshot_get_since(plm *w, const plm_document *d, const char *path,
                                              plm_since *out, double *sum);
/* Sets r->since from a document, in which r->state says how far the fit had come. more: true = the
 * fit trains more epochs, so its loss is compared with that of the document. */
PLM_CHECKED plm_status plm_snapshot_restore_since(plm_run *r, const plm_document *d,
                                                  const char *path, bool more);

/* ---- snapshot.c ---- */

/* Makes a document of the model and its training. Initialise d with {.arena = {.w = w}}. */
PLM_CHECKED plm_status plm_snapshot_take(plm_run *r, plm_document *d);
/* Stores in r what identifies this fit, as texts (same_run.c). */
PLM_CHECKED plm_status plm_same_run_note(plm_run *r, const plm_fit_options *o,
                                         const plm_data_info *info);
/* Compares this fit with the one that wrote a checkpoint. over: true = that fit has ended and
 * nothing more is trained, so the rows of the data do not matter.
 * Errors: E_FORMAT for another net, E_SPEC for another run; other differences give warnings. */
PLM_CHECKED plm_status plm_same_run_check(plm_run *r, const plm_document *d, const char *path,
                                          bool over);
/* Restores model and training from a document of the same net. r->first_epoch and r->skip say where
 * to continue, r->state says how the fit had ended. path: for messages. */
PLM_CHECKED plm_status plm_snapshot_restore(plm_run *r, const plm_document *d, const char *path);
/* Reads the progress of the fit from a document. No model is needed. */
PLM_CHECKED plm_status plm_snapshot_get_info(plm *w, const plm_document *d, const char *path,
                                             plm_fit_result *out);

#endif
