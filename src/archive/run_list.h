/* The runs of a folder as a table, what differs between two of them, and how one is removed: what
 * `plummet runs` does. */
#ifndef PLM_ARCHIVE_RUN_LIST_H
#define PLM_ARCHIVE_RUN_LIST_H

#include "base/text.h"
#include "plummet_run.h"

/* Appends a line for each run of a folder: its name, date, target or size, epochs, best epoch,
 * state, and the metrics of the best epoch. room: columns of the screen, for which the least
 * important columns are left out; 0 = any. Errors: E_IO if there is no such folder. */
PLM_CHECKED plm_status plm_run_list(plm *w, const char *folder, int room, plm_text *out);
/* Appends the settings in which two runs differ, and their figures side by side. If that is wider
 * than `room`, the values come below each other. Errors: those of plm_run_folder_open. (run_diff.c)
 */
PLM_CHECKED plm_status plm_run_diff(plm *w, const char *a, const char *b, int room, plm_text *out);
/* Removes the files of a run, and its folder if nothing else is in it; else a note says that the
 * folder stays. Errors: E_IO if it is no run, or a link; E_SPEC if a run is at work there.
 * (run_remove.c) */
PLM_CHECKED plm_status plm_run_remove(plm *w, const char *path);

#endif
