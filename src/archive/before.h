/* Handles the files of a run in its folder, and keeps an older run there until a new run can
 * replace it. The older files are linked into the hidden folder .before until the new run can be
 * resumed. If the new run fails earlier or is killed, the older files are restored. */
#ifndef PLM_ARCHIVE_BEFORE_H
#define PLM_ARCHIVE_BEFORE_H

#include "base/runtime.h"

/* Sets *holds to true if the folder holds a file that runs write. A folder that does not exist
 * holds none. Errors: E_IO, the folder cannot be read. */
PLM_CHECKED plm_status plm_before_holds(plm *w, const char *folder, bool *holds);
/* True for the name of a file, in the folder of a run, that only the run itself may write. */
bool plm_before_is_reserved(const char *name);
/* Removes the files that runs write from the folder. Other files are kept. */
PLM_CHECKED plm_status plm_before_remove(plm *w, const char *folder);
/* Links the files of the run into the hidden folder .before. The files also keep their names in the
 * run's folder, unless the file system has no hard links: then they are moved. */
PLM_CHECKED plm_status plm_before_keep(plm *w, const char *folder);
/* Sets *kept to true if the folder holds kept files: a run was killed while it replaced an older
 * one. Errors: E_IO, the folder cannot be opened. */
PLM_CHECKED plm_status plm_before_is_kept(plm *w, const char *folder, bool *kept);
/* Restores the kept files, if there are any, and removes the files of a newer run. */
PLM_CHECKED plm_status plm_before_restore(plm *w, const char *folder);
/* Removes the kept files. False: they are still kept, so the next run in the folder would restore
 * them. */
bool plm_before_drop(const char *folder);

#endif
