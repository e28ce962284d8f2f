/* Searches a space of settings (space.h) by successive halving (Jamieson and Talwalkar,
 * Non-stochastic best arm identification and hyperparameter optimization, AISTATS 2016): all trials
 * are trained for a few epochs, the best third of them for three times as many epochs, and so on,
 * up to the epochs of the run file. Each training is a separate run that begins with its first
 * epoch. */
#ifndef PLM_SEARCH_SEARCH_H
#define PLM_SEARCH_SEARCH_H

#include "base/folder_lock.h"
#include "plummet_run.h"
#include "search/space.h"

/* Max number of trials. */
enum { PLM_SEARCH_TRIALS = 10000 };

/* The result of one training of a search. */
typedef struct {
    int64_t trial; /* from 1 */
    int round, rounds;
    int64_t epochs;
    double score;       /* the validation loss of the kept weights; infinite = diverged */
    const char *values; /* "rate = 0.01, units = 64"; borrowed */
    const char *folder; /* of its run */
    bool known;         /* an earlier call trained it */
} plm_search_trial;

/* A search. Set the members above the results, and the others to zero. */
typedef struct {
    plm *w;           /* records errors */
    const char *path; /* of the run file, or of a table with the override target=COLUMN */
    int overrides;    /* number of elements of `override`: texts key=value, as for plm_run_file_open
                       * */
    const char *const *override;
    int64_t trials; /* number of trials of the first round */
    const char *data_dir;
    /* Called after each event of a training; the result PLM_STOPPED ends the search. */
    plm_status (*on_event)(void *self, plm_run *run, const plm_event *event);
    void (*on_trial)(void *self, const plm_search_trial *trial); /* called after each training */
    void *self;
    /* ---- results ---- */
    plm_search_trial best; /* the best trial of the last round; trial = 0: no trial was completed */
    bool stopped;
    /* ---- internal ---- */
    plm_settings settings;
    plm_space space;
    const char *folder, *table; /* folder of the search; path of search.csv, the results */
    plm_text rows;              /* what search.csv holds */
    plm_folder_lock lock;       /* of the folder */
    uint64_t seed;
    int64_t epochs;
} plm_search;

/* Runs the search in the folder of the key out, default runs/NAME-search. If the folder holds an
 * unfinished search with the same settings and data, it is continued. Call plm_search_free after
 * success and after failure. Errors: E_SPEC if the run file is wrong, if search.csv belongs to
 * another search, or if another process searches there; all errors of a training, except that a
 * training may diverge; E_NUMERIC if all trainings of the last round do. */
PLM_CHECKED plm_status plm_search_run(plm_search *s);
/* Frees the results. */
void plm_search_free(plm_search *s);

#endif
