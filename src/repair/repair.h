/* Repairs a run file: changes that may correct what the doctor found are tried in short trainings,
 * and changes whose gain is proven are kept. The run file itself is not written.
 *
 * For each fault, the most harmful first, there are these stages:
 *   screen    the unchanged run and up to three changes are trained with 3 seeds each; a change
 *             continues if it is better with every seed
 *   confirm   the best change is compared with the unchanged run, in pairs of new seeds, on rows
 *             that the screening did not use; it is proven if plm_paired_proves says so
 *   keep      a proven change is a part of the run from then on
 *   watch     the changed run is examined again: if it still has the fault, what is left of it is
 *             treated next
 * For this, a fifth of the training rows is held back, more if the table is small; validation and
 * test rows of the run are not read. Faults of the data are reported, but never repaired. */
#ifndef PLM_REPAIR_REPAIR_H
#define PLM_REPAIR_REPAIR_H

#include "doctor/repair.h"
#include "repair/examination.h"

/* A repair. Zero-initialise it, then set the members up to `earlier`. */
typedef struct plm_repairing plm_repairing;
/* A repair while it is made. */
struct plm_repairing {
    plm *w;                      /* runtime of the caller */
    const char *path, *data_dir; /* path: the run file. data_dir: folders of named data sets, or
                                  * NULL */
    int overrides;
    const char *const *override; /* [overrides] texts key=value that take precedence over the file
                                  * */
    /* Called with a line of text about each change that is tried; NULL = not called. */
    void (*tell)(void *self, const char *line);
    void *self;
    const char *const *skip; /* [skips] codes of faults that an earlier repair has treated */
    int skips;
    /* the short trainings that compare remedies (branches) start with the weights of this model, as
     * far as it has the same parameters; NULL = with initial weights */
    plm_model *from;
    plm_repairing *earlier; /* for the caller: the previous repair */
    /* ---- */
    plm_repair record;
    const char **key_value; /* [count] the overrides, then the changes that were kept, as texts
                             * key=value */
    int count;
    plm_examined now; /* the run as it is now */
    /* the examination that owns the members of `now`; NULL = they belong to the caller's first
     * examination */
    plm_examination *own;
    const char *judge; /* the metric that branches are compared by */
    double constant;   /* value of the metric `judge` for the best constant prediction */
    bool runs;         /* the run as it is can be trained */
};

/* Repairs a run file that was examined. first: the result of the examination, which must outlive
 * the call. Errors: E_MEMORY, E_IO, and errors of the data. */
PLM_CHECKED plm_status plm_repair_run(plm_repairing *r, const plm_examined *first);
/* Frees a repair with its record. */
void plm_repair_free(plm_repairing *r);
/* Checks that `path` is a run file, and that `out` is another file. Errors: E_SPEC.
 * (repair_file.c) */
PLM_CHECKED plm_status plm_repair_check(plm *w, const char *path, const char *out);
/* Returns the default path of a repaired run file: NAME-repaired.yaml in the current folder. NULL =
 * no memory. (repair_file.c) */
const char *plm_repair_usual_path(plm_arena *a, const char *path);
/* Writes the repaired run file, with a comment at each change, to `out`, and the reports of the
 * diagnosis to NAME.proof.json in the same folder. Also sets the path of the written run file in
 * the record. (repair_file.c) */
PLM_CHECKED plm_status plm_repair_save(plm_repairing *r, plm_diagnosis *d, const char *out);

#endif
