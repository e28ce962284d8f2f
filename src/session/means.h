/* The history of several nets that are trained side by side: for each epoch, the means of their
 * metrics. */
#ifndef PLM_SESSION_MEANS_H
#define PLM_SESSION_MEANS_H

#include "base/arena.h"
#include "session/turns.h"

/* The rows of one net. */
typedef struct {
    double *value; /* [rows][columns] */
    size_t rows, capacity;
    bool ended; /* the fit has ended by itself, so no more rows will come, nor after a resume */
} plm_means_net;

/* The rows of all nets. Zero-initialise, then set arena and nets. */
typedef struct {
    plm_arena *arena;
    int nets;
    plm_means_net net[PLM_TURNS];
    int columns;
    const char **name; /* [columns] */
    double *value;     /* [rows][columns] the means */
    size_t rows, capacity;
} plm_means;

/* Copies the new rows of net k's history. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_means_take(plm_means *m, int k, const plm_history *rows);
/* Adds the mean of the next epoch, if all nets have finished it that have not ended before; then
 * *added = true. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_means_add(plm_means *m, bool *added);
/* Returns the means as a history; borrowed until the next call. */
plm_history plm_means_history(const plm_means *m);

#endif
