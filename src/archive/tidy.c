/* Removes the unfinished files that a killed run left in its folder. */
#include "archive/tidy.h"

#include "base/folder.h"

/* Removes files with temporary names. A file gets its final name only when it is complete, so these
 * are never needed. */
void plm_run_tidy(const char *folder)
{
    plm_folder_tidy(folder);
}
