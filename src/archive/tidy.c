/* Removes the unfinished files that a killed run left in its folder. */
#include "archive/tidy.h"

#include "base/folder.h"

void plm_run_tidy(const char *folder)
{
    plm_folder_tidy(folder);
}
