/* The functions of `plummet runs`: the runs of a folder as a table, the differences of two runs,
 * and removing a run. */
#ifndef PLM_ARCHIVE_RUN_LIST_H
#define PLM_ARCHIVE_RUN_LIST_H

#include "base/text.h"
#include "plummet_run.h"

/* Appends a table with a row for each run of a folder: its name, date, target or size, epochs, best
 * epoch, state, and the metrics of the best epoch. room: width of the screen in characters, 0 = no
 * limit. If the table is wider, its least important columns are left out. Errors: E_IO if there is
 * no such folder. */
PLM_CHECKED plm_status plm_run_list(plm *w, const char *folder, int room, plm_text *out);
/* Appends the settings in which two runs differ, and their metrics side by side. If this is wider
 * than `room`, the two values are below each other. Errors: all errors of plm_run_folder_open.
 * (run_diff.c) */
PLM_CHECKED plm_status plm_run_diff(plm *w, const char *a, const char *b, int room, plm_text *out);
/* Removes the files of a run, and its folder if it has no other files; otherwise a note says that
 * the folder is kept. Errors: E_IO if the path is not a run, or is a link; E_SPEC if the run is
 * being trained. (run_remove.c) */
PLM_CHECKED plm_status plm_run_remove(plm *w, const char *path);

#endif
