/* Removes the unfinished files that a killed run left in its folder. */
#include "archive/tidy.h"

#include "base/folder.h"

/* Files appear under their names only when they are complete, so what has a temporary name is never
 * needed. */
void plm_run_tidy(const char *folder)
{
    plm_folder_tidy(folder);
}
