/* Removes the unfinished files that a killed run left in its folder. */
#ifndef PLM_ARCHIVE_TIDY_H
#define PLM_ARCHIVE_TIDY_H

/* Removes the files NAME.XXXXXXXX.part from the folder of a run. Call it only if no other process
 * writes there, or just before the program ends. */
void plm_run_tidy(const char *folder);

#endif
