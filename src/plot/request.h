/* Pictures that are asked for by name, with options as texts: what `plummet plot` draws. */
#ifndef PLM_PLOT_REQUEST_H
#define PLM_PLOT_REQUEST_H

#include "plot/plot.h"
#include "show/screen.h"
#include "study/variance.h"

/* What is asked for. Everything is borrowed. */
typedef struct {
    plm *w;               /* its seed is plm_plot_kind.seed */
    plm_arena arena;      /* of w: owns the specs that were split from lists */
    plm_plot_specs specs; /* what the picture shows */
    /* Returns the value of an option: "" for a flag that is given; NULL = not given. */
    const char *(*option)(const void *self, const char *name);
    const void *self;
    bool file;         /* the picture is drawn into a file, not in a terminal */
    plm_screen screen; /* where tables are shown */
    plm_text *table;   /* tables or JSON, if the options ask for them, are appended here */
} plm_plot_request;

/* A picture that can be asked for. */
typedef struct {
    const char *name;
    uint64_t seed;              /* of its runtime */
    const char *usual;          /* a list of specs, if none are given; NULL = none */
    int min, max;               /* number of specs that must be given */
    const char *refusal, *hint; /* the message if it is another number */
    /* Makes the picture; it stays empty if a table is all that is wanted.
     * Errors: also E_SPEC for an option, whose name is then the place. */
    plm_status (*make)(plm_plot_request *r, plm_plot *out);
} plm_plot_kind;

/* Returns the picture of this name. NULL = there is none; an error with the most similar name is
 * recorded on w. */
const plm_plot_kind *plm_plot_kind_find(plm *w, const char *name);
/* Checks the number of specs, fills in the usual ones, and makes the picture. Free r->arena
 * afterwards. Errors: E_SPEC; those of the picture. */
PLM_CHECKED plm_status plm_plot_request_make(const plm_plot_kind *kind, plm_plot_request *r,
                                             plm_plot *out);

/* ---- for the files of this folder (options.c) ---- */

/* Splits a list at commas outside brackets, in the arena of a request. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_specs_split(plm_plot_request *r, const char *list,
                                            plm_plot_specs *out);
/* Reads an option that is a whole number from low to high. If it is not given, *value stays as it
 * is. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_plot_option_whole(plm_plot_request *r, const char *name, int64_t low,
                                             int64_t high, int64_t *value);
/* The picture init. (request_init.c) */
PLM_CHECKED plm_status plm_plot_request_init(plm_plot_request *r, plm_plot *out);

#endif
