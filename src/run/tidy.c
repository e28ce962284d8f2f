/* Files that were still in the making when a run was killed. */
#include "run/tidy.h"

#include "base/folder.h"

void plm_run_tidy(const char *folder)
{
    plm_folder_tidy(folder);
}
