/* Repairs a run file: changes that may mend what the doctor found are tried in short trainings, and
 * those whose gain is certain are kept. The run file itself is not written.
 *
 * For each fault, most harmful first:
 *   screen    the run as it is and up to three changes, 3 seeds each; a change goes on if it is
 *             better with every seed
 *   confirm   the best one against the run as it is, in pairs of new seeds, on rows that the
 *             screening did not see; it is proven if plm_paired_proves says so
 *   keep      a proven change is a part of the run from then on
 *   watch     the changed run is examined again: if the fault is still there, the change is taken
 *             back
 * A fifth of the training rows is held back for this, or more of a small table; validation and test
 * rows of the run are not read. Faults of the data are named and never mended. */
#ifndef PLM_REPAIR_REPAIR_H
#define PLM_REPAIR_REPAIR_H

#include "doctor/repair.h"
#include "repair/examination.h"

/* A repair. Zero-initialise it, then set what is above the line. */
typedef struct plm_repairing plm_repairing;
struct plm_repairing {
    plm *w;                      /* runtime of the caller */
    const char *path, *data_dir; /* run file; folders of named data sets, or NULL */
    int overrides;
    const char *const *override; /* [overrides] key=value that take precedence over the file */
    /* Called with a line that says what is tried; NULL = not wanted. */
    void (*tell)(void *self, const char *line);
    void *self;
    const char *const *skip; /* [skips] codes of faults that were treated before */
    int skips;
    plm_model *from; /* branches begin with the weights that this model has, too; NULL = afresh */
    plm_repairing *earlier; /* for the caller: the repair before this one */
    /* ---- */
    plm_repair record;
    const char **key_value; /* [count] the overrides, then the changes that were kept */
    int count;
    plm_examined now;     /* the run as it is now */
    plm_examination *own; /* the examination behind it, if the repair has made it; NULL = not */
    const char *judge;    /* the metric that branches are compared by */
    double constant;      /* the metric of the best constant prediction */
    bool runs;            /* the run as it is can be trained */
};

/* Repairs a run file that was examined: first says what was found, and must outlive the call.
 * Errors: E_MEMORY, E_IO, and errors of the data. */
PLM_CHECKED plm_status plm_repair_run(plm_repairing *r, const plm_examined *first);
/* Frees a repair with its record. */
void plm_repair_free(plm_repairing *r);
/* Adds the repaired run file as text: all keys, with a comment at each change. folder: where it
 * will be. */
PLM_CHECKED plm_status plm_repair_write(const plm_repairing *r, const char *folder, plm_text *t);

#endif
