/* The record of a repair: which changes of a run file were tried, and the results of the trial
 * trainings. repair/repair.h fills the record; this file declares its texts and its JSON object. */
#ifndef PLM_DOCTOR_REPAIR_H
#define PLM_DOCTOR_REPAIR_H

#include "base/json.h"
#include "base/arena.h"
#include "base/text.h"
#include "plummet_doctor.h"
#include "study/branch.h"
#include "study/paired.h"

/* How a repair ended. */
typedef enum {
    PLM_REPAIR_NOT_NEEDED, /* no warning and no error was found */
    PLM_REPAIR_PROVEN,     /* at least one change is proven, and kept */
    PLM_REPAIR_NOT_PROVEN, /* no change is proven to help: nothing is changed */
    PLM_REPAIR_REFUSED     /* only the data has faults, or trial trainings cannot be compared */
} plm_repair_status;

/* What became of a change. */
typedef enum {
    PLM_CHANGE_PENDING,     /* not tried: another change was kept first, or no steps were left */
    PLM_CHANGE_IMPOSSIBLE,  /* the changed run is refused */
    PLM_CHANGE_SCREENED,    /* it was no better than the run as it is */
    PLM_CHANGE_LESS,        /* it was better than no change, but another change was still better */
    PLM_CHANGE_NOT_PROVEN,  /* it was the best in the screening, but its gain was not proven */
    PLM_CHANGE_ROLLED_BACK, /* its gain was proven, but the run cannot be built with it */
    PLM_CHANGE_PROVEN       /* kept */
} plm_change_verdict;

enum {
    PLM_CHANGE_SETS = 64,   /* the most keys that one change sets */
    PLM_REPAIR_SCREENS = 3, /* seeds of a screening */
    PLM_REPAIR_CHANGES = 3, /* changes that are screened for one fault */
    PLM_REPAIR_ROUNDS = 8,  /* faults that are treated */
    PLM_REPAIR_NAMED = 16   /* faults that are named and not treated */
};

/* A change of a run file, and its trial trainings. */
typedef struct {
    const char *why; /* what it does, such as "selu and its initializer in all hidden layers" */
    int sets;
    plm_remedy set[PLM_CHANGE_SETS]; /* [sets] keys with their new values */
    bool structural;                 /* it adds layers, or other activations */
    plm_change_verdict verdict;
    int screens, pairs;                    /* branches that were trained for it */
    plm_branch screen[PLM_REPAIR_SCREENS]; /* [screens] */
    /* [pairs] trainings with the change, with new seeds, evaluated on other rows than in the
     * screening */
    plm_branch confirm[PLM_PAIRS];
    /* [pairs] trainings without the change: control[i] has the seed and the rows of confirm[i] */
    plm_branch control[PLM_PAIRS];
    plm_paired gain;
} plm_change;

/* The treatment of one fault. */
typedef struct {
    const char *code;
    int screens;
    plm_branch control[PLM_REPAIR_SCREENS]; /* [screens] the run as it is */
    int changes;
    plm_change change[PLM_REPAIR_CHANGES];
    int kept;  /* index of the change that was kept; -1 = none */
    bool open; /* the run still has the fault with the change that was kept */
} plm_repair_round;

/* The whole record of a repair. All texts are in the arena. */
typedef struct {
    plm_arena arena;
    plm_repair_status status;
    const char *run;    /* path of the repaired run file; NULL = none was written */
    const char *reason; /* why nothing could be tried; NULL = none */
    /* name of the metric by which trainings are compared: "accuracy"; NULL = nothing was trained */
    const char *metric;
    /* the metric of the run before and after the repair, on the rows of the last proof; NaN = not
     * measured */
    double before, after;
    /* number of steps: those trained for the repair, and those of the run's whole training */
    int64_t steps, planned;
    int64_t screen_rows, confirm_rows;
    int rounds, named;
    plm_repair_round *round[PLM_REPAIR_ROUNDS]; /* [rounds] */
    const char *name[PLM_REPAIR_NAMED];         /* [named] codes of faults that were not treated */
    /* [named] what may help against these faults, as key=value to be copied; NULL = no key helps */
    const char *help[PLM_REPAIR_NAMED];
} plm_repair;

/* Returns the metric of a branch (a trial training) for comparisons: at least 0, so that one net
 * that explodes does not dominate a mean. */
double plm_branch_value(const plm_branch *b);
/* Returns the mean metric of the branches of a screening; -1 = there are none. */
double plm_change_screened(const plm_change *c);
/* Sets the mean metrics over the pairs of a change: of the unchanged run, and of the run with the
 * change. */
void plm_repair_means(const plm_change *c, double *before, double *after);
/* Returns the quote that a shell needs around a value; "" = no quote is needed. */
const char *plm_shell_quote(const char *value);
/* Returns the word for a status, such as "not_needed". */
const char *plm_repair_word(plm_repair_status status);
/* Adds the record as text for people, at most `width` columns. */
void plm_repair_add_text(const plm_repair *r, int width, plm_text *t);
/* Returns the record as a new JSON object. Sets *failed if there is no memory. */
json_t *plm_repair_json(bool *failed, const plm_repair *r);

#endif
