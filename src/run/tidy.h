/* Files that were still in the making when a run was killed. */
#ifndef PLM_RUN_TIDY_H
#define PLM_RUN_TIDY_H

/* Removes the files NAME.XXXXXXXX.part of a run from its folder. To be called while nobody writes
 * there, or when the program ends at once. */
void plm_run_tidy(const char *folder);

#endif
