/* Makes the pictures of `plummet plot`, by their names and with options as texts. */
#ifndef PLM_PLOT_REQUEST_H
#define PLM_PLOT_REQUEST_H

#include "plot/plot.h"
#include "show/screen.h"
#include "study/variance.h"

/* A request for a picture. All its members belong to the caller. */
typedef struct {
    plm *w;               /* its seed is plm_plot_kind.seed */
    plm_arena arena;      /* arena of w, which owns the specs that were split from lists */
    plm_plot_specs specs; /* what the picture shows */
    /* Returns the value of an option: "" for a flag that is set; NULL = not set. */
    const char *(*option)(const void *self, const char *name);
    const void *self;
    bool file;         /* true = the picture will be drawn into a file, not in a terminal */
    plm_screen screen; /* where tables are shown */
    plm_text *table;   /* text to which tables or JSON are appended, if the options ask for them */
} plm_plot_request;

/* A picture that can be asked for. */
typedef struct {
    const char *name;
    uint64_t seed; /* of its runtime */
    /* the list of specs to use if the request has none; NULL = specs are required */
    const char *usual;
    int min, max;               /* number of specs that must be given */
    const char *refusal, *hint; /* the message if it is another number */
    /* Makes the picture. It stays empty if only a table is requested. Errors: also E_SPEC for an
     * option; the place of the error is then the name of the option. */
    plm_status (*make)(plm_plot_request *r, plm_plot *out);
} plm_plot_kind;

/* Returns the picture of this name. NULL = there is no such picture; then an error with the most
 * similar name is recorded on w. The folder of a run stands for its history. */
const plm_plot_kind *plm_plot_kind_find(plm *w, const char *name);
/* Checks the number of specs, fills in the default specs, and makes the picture. Free r->arena
 * afterwards. Errors: E_SPEC; all errors of the picture. */
PLM_CHECKED plm_status plm_plot_request_make(const plm_plot_kind *kind, plm_plot_request *r,
                                             plm_plot *out);

/* ---- internal: shared by the files of this folder (options.c) ---- */

/* Splits a list at commas outside brackets, in the arena of a request. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_specs_split(plm_plot_request *r, const char *list,
                                            plm_plot_specs *out);
/* Reads an option that is a whole number from low to high. If the option is not set, *value keeps
 * its value. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_plot_option_whole(plm_plot_request *r, const char *name, int64_t low,
                                             int64_t high, int64_t *value);
/* The picture init. (request_init.c) */
PLM_CHECKED plm_status plm_plot_request_init(plm_plot_request *r, plm_plot *out);

#endif
