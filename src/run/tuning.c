/* Reads and writes the file with timing measurements of this machine. It has one line, as
 * plm_tuning writes it, which also names the machine. A file that the runtime does not accept is
 * ignored, and replaced by the next training that measures. */
#include "run/tuning.h"

#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/runtime.h"
#include "base/stream.h"

/* Reads the line of the file, without its line end; "" = there is no line. */
static void read_line(const char *path, char out[PLM_TUNING_CAPACITY])
{
    FILE *f = fopen(path, "r");
    out[0] = '\0';
    if (!f)
        return;
    char *end = fgets(out, PLM_TUNING_CAPACITY, f) ? strchr(out, '\n') : NULL;
    *(end ? end : out) = '\0';
    fclose(f);
}

/* True if a runtime takes this text. */
static bool is_good(const char *text)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .tuning = text));
    const bool good = w && plm_last_error(w)->status >= 0;
    plm_close(w);
    return good;
}

/* Reads the file. Its text is passed to runtimes, which accept or reject it, so that only one
 * function knows the format. */
void plm_tuning_file_read(plm *home, const char *path)
{
    char text[PLM_TUNING_CAPACITY];
    if (!home || !path)
        return;
    read_line(path, text);
    if (is_good(text))
        memcpy(home->tuned, text, sizeof text);
}

/* Makes the folders above the file. */
static void make_folder(plm *home, const char *path)
{
    plm_text folder = {.w = home};
    const char *slash = strrchr(path, '/');
    size_t kept = 0;
    plm_text_append(&folder, path, slash ? (size_t)(slash - path) : 0);
    if (!folder.failed && folder.length > 0)
        (void)plm_folder_make_all(plm_text_get(&folder), &kept);
    plm_text_free(&folder);
}

/* Writes the file, unless it already has the same text: most runs measure nothing new. */
void plm_tuning_file_write(plm *home, const char *path)
{
    char text[PLM_TUNING_CAPACITY];
    if (!home || !path || home->tuned[0] == '\0')
        return;
    read_line(path, text);
    if (strcmp(text, home->tuned) == 0)
        return;
    make_folder(home, path);
    plm_file *f = plm_file_open(home, path);
    if (f && plm_file_print(f, "%s\n", home->tuned) >= 0)
        plm_ignore(plm_file_commit(f)); /* slower next time, no more */
    else
        plm_file_abandon(f);
}
