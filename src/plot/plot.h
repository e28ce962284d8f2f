/* Makes pictures of results that were computed, measured or recorded: it chooses lines, shaded
 * areas, cells and titles. A picture consists of charts, heat maps or tiles, which src/draw can
 * draw in a terminal or to a file. Nothing is printed here. Errors are recorded on the runtime. */
#ifndef PLM_PLOT_PLOT_H
#define PLM_PLOT_PLOT_H

#include "base/arena.h"
#include "base/text.h"
#include "draw/chart.h"
#include "draw/heat.h"
#include "draw/tiles.h"
#include "plummet.h"
#include "plummet_doctor.h"
#include "study/curve.h"

/* A picture: charts, or a heat map, or tiles. Zero-initialise it; free it after success and after
 * failure. */
typedef struct {
    plm_arena arena;  /* owns all texts and numbers */
    plm_chart *chart; /* [charts]; NULL = no charts */
    int charts;
    int columns;    /* number of charts that are placed side by side in a file */
    plm_heat *heat; /* [heats]; NULL = no heat map */
    int heats;
    plm_tiles *tiles; /* NULL = no tiles */
} plm_plot;

/* Frees a picture. */
void plm_plot_free(plm_plot *p);

/* Max number of curves in a chart, so that their colours can be told apart. */
enum { PLM_PLOT_CURVES = 7 };

/* The specs (or names) of what one picture shows, in this order. */
typedef struct {
    int count;
    const char *const *text; /* [count] */
} plm_plot_specs;

/* Makes charts of activations and of their derivatives for x between `from` and `to`. If there is
 * only one activation, its saturated parts are shaded. Errors: E_SPEC, also for more than
 * PLM_PLOT_CURVES; E_MEMORY. (activation.c) */
PLM_CHECKED plm_status plm_plot_activations(plm *w, plm_plot_specs specs, double from, double to,
                                            plm_plot *out);
/* Makes a chart of learning rates over a training of `epochs` epochs with `steps` steps each.
 * Errors: E_SPEC, also for more than PLM_PLOT_CURVES or a million steps; E_MEMORY. (schedule.c) */
PLM_CHECKED plm_status plm_plot_schedules(plm *w, plm_plot_specs specs, int64_t epochs,
                                          int64_t steps, plm_plot *out);
/* Makes a chart of the weights that initializers draw for a dense layer [inputs, units], as
 * histograms. If there is only one initializer, its standard deviation and bounds are marked.
 * Errors: E_SPEC, also for more than PLM_PLOT_CURVES - 1; E_MEMORY. (initializer.c) */
PLM_CHECKED plm_status plm_plot_initializers(plm *w, plm_plot_specs specs, int64_t inputs,
                                             int64_t units, plm_plot *out);
/* Makes a chart for each metric that runs recorded by epoch. For one run it shows training and
 * validation; for several, the validation of each, or the training of a run without validation. The
 * best epoch of each run is marked: the one by which it chose its weights. folders: paths of
 * runs. Errors: E_SPEC for more than PLM_PLOT_CURVES; E_DATA for a run without epochs; those of
 * plm_run_folder_open. (history.c) */
PLM_CHECKED plm_status plm_plot_history(plm *w, plm_plot_specs folders, plm_plot *out);
/* Makes tiles of the first `count` rows of data, which must be pictures, labelled with their
 * classes. source: the spec of the data, or the folder of a run, whose data is then drawn. Errors:
 * E_SPEC if rows are not pictures; E_DATA if there is no row; E_IO for another folder; those of
 * plm_data_open. (samples.c) */
PLM_CHECKED plm_status plm_plot_samples(plm *w, const char *source, int64_t count, plm_plot *out);

/* Makes a heat map of what the doctor has measured in a run: layers by steps, at most `columns`
 * of them. what: "gradient", "update" or "dead". Errors: E_SPEC for any other name; E_DATA for a
 * run without readings; E_IO; E_MEMORY. (doctor.c) */
PLM_CHECKED plm_status plm_plot_doctor(plm *w, const char *folder, const char *what, int columns,
                                       plm_plot *out);
/* Makes the three heat maps of what the doctor has measured in the run in a folder: gradient,
 * update, dead. Their cells have no texts. Errors: as plm_plot_doctor. (doctor.c) */
PLM_CHECKED plm_status plm_plot_folder_readings(plm *w, const char *folder, int columns,
                                                plm_plot *out);
/* Adds the values of the heat maps as a table with a row for each step and layer. (doctor.c) */
void plm_plot_readings_csv(const plm_plot *p, plm_text *csv);
/* Makes the three heat maps from all readings of a diagnosis, also while it watches a fit. If there
 * are no readings yet, there is no heat map. The layer names are borrowed from its model. Errors:
 * E_MEMORY. (doctor.c) */
PLM_CHECKED plm_status plm_plot_readings(plm *w, const plm_diagnosis *d, plm_plot *out);

/* ---- internal: shared by the files of this folder (plot.c) ---- */

/* Begins a picture of `charts` charts. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_begin(plm *w, int charts, plm_plot *out);
/* Fails if there are more than `most` curves. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_plot_check(plm *w, plm_plot_specs specs, int most);
/* Moves the points of a curve into the picture, as a series, and frees the curve. name: borrowed.
 * Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_series(plm_plot *p, plm_curve *from, const char *name,
                                       plm_series *out);

#endif
