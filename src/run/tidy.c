/* Files that were still in the making when a run was killed. */
#define _POSIX_C_SOURCE 200809L
#include "run/tidy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* NAME.XXXXXXXX.part, as plm_file_open names it; X = a hexadecimal digit in lower case. */
static bool is_ours(const char *name)
{
    const size_t length = strlen(name);
    return length >= 15 && !strcmp(name + length - 5, ".part") && name[length - 14] == '.' &&
           strspn(name + length - 13, "0123456789abcdef") == 8;
}

void plm_run_tidy(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        if (is_ours(e->d_name))
            (void)unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}
