/* Writes results to a file. The command prints into a stream in memory (open_memstream), and
 * plm_file, the library's writer of files, writes that memory. So the file appears complete or not
 * at all. */
#define _POSIX_C_SOURCE 200809L
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/system.h"

static int fail_memory(void)
{
    return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, "free memory", "out of memory");
}

FILE *plm_cli_memory(char **text, size_t *length)
{
    return open_memstream(text, length);
}

/* Opens the stream in memory and the file. Returns an exit code. */
static int open_file(plm_cli_file *o, const char *path)
{
    o->w = plm_open(PLM_OPTIONS(.threads = 1));
    o->f = o->w ? plm_cli_memory(&o->text, &o->length) : NULL;
    if (!o->f)
        return fail_memory();
    o->file = plm_file_open(o->w, path);
    return o->file ? PLM_EXIT_GOOD : plm_cli_fail_status(o->w, plm_last_error(o->w)->status, NULL);
}

/* True if the path is a link to a model; no result that is written here is one. */
static bool leads_to_model(const char *path, char file[PLM_PATH_CAPACITY])
{
    return plm_path_is_file(path) && plm_path_real(path, file) &&
           plm_ends_with(file, ".safetensors") && !plm_ends_with(path, ".safetensors");
}

int plm_cli_file_open(plm_cli_file *o, const char *path)
{
    char file[PLM_PATH_CAPACITY];
    *o = (plm_cli_file){.f = stdout};
    if (!path || !strcmp(path, "-"))
        return PLM_EXIT_GOOD;
    if (leads_to_model(path, file))
        return plm_cli_fail(PLM_EXIT_USAGE, path, "use another file name, or remove the link",
                            "the results would overwrite the model %s, to which this link leads",
                            file);
    /* Earlier output is written first, since `path` may be the file to which standard output is
     * redirected. */
    fflush(stdout);
    int code = open_file(o, path);
    return code ? plm_cli_file_close(o, code) : code;
}

/* Appends to the file what was printed into the stream, and empties the stream. */
static int pass_to_file(plm_cli_file *o)
{
    if (fflush(o->f) || ferror(o->f)) /* this fails only for lack of memory */
        return fail_memory();
    plm_status status = plm_file_write(o->file, o->text, o->length);
    rewind(o->f);
    return status < 0 ? plm_cli_fail_status(o->w, status, NULL) : PLM_EXIT_GOOD;
}

int plm_cli_file_pass(plm_cli_file *o)
{
    if (o->file)
        return pass_to_file(o);
    return plm_cli_flushed(o->f)
               ? PLM_EXIT_GOOD
               : plm_cli_fail(PLM_EXIT_IO, "standard output", "is the disk full?",
                              "the results could not be written: %s", strerror(errno));
}

int plm_cli_file_over(plm_cli_file *o)
{
    if (fflush(o->f) || ferror(o->f))
        return fail_memory();
    plm_status status = plm_file_write_at(o->file, 0, o->text, o->length);
    rewind(o->f);
    return status < 0 ? plm_cli_fail_status(o->w, status, NULL) : PLM_EXIT_GOOD;
}

/* Closes the file. It is committed or abandoned only here, so no error can leave an incomplete
 * file.
 */
int plm_cli_file_close(plm_cli_file *o, int code)
{
    if (!code && o->f)
        code = plm_cli_file_pass(o);
    if (o->f && o->f != stdout)
        fclose(o->f);
    free(o->text);
    if (code)
        plm_file_abandon(o->file);
    else if (o->file && plm_file_commit(o->file) < 0)
        code = plm_cli_fail_status(o->w, plm_last_error(o->w)->status, NULL);
    plm_close(o->w);
    *o = (plm_cli_file){0};
    return code;
}
