/* Repairs a run file, and writes what came of it. */
#include "repair.h"

#include <stdlib.h>
#include <string.h>

#include "base/system.h"
#include "output.h"
#include "run/recipe.h"

/* Says on a terminal what is tried, as that can take a while. */
static void tell(void *self, const char *line)
{
    (void)self;
    if (plm_cli_screen_of(stderr).terminal)
        plm_cli_note("%s", line);
}

/* Returns a path with another ending, to be freed: "dir/net.yaml" and "-repaired.yaml" give
 * "net-repaired.yaml" without the folder, or with it if `whole`. */
static char *with_ending(const char *path, const char *ending, bool whole)
{
    const char *slash = strrchr(path, '/'), *name = slash && !whole ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    const size_t length = dot && !strchr(dot, '/') ? (size_t)(dot - name) : strlen(name);
    return plm_cli_format("%.*s%s", (int)length, name, ending);
}

/* Returns the folder of a path, to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? plm_cli_format("%.*s", (int)(slash - path), path) : plm_cli_format(".");
}

/* Writes a text to a file. Returns an exit code. */
static int write_file(plm *w, const char *path, const char *text)
{
    plm_file *f = plm_file_open(w, path);
    plm_status status = f ? plm_file_write(f, text, strlen(text)) : plm_last_error(w)->status;
    if (f && status >= 0)
        status = plm_file_commit(f);
    else if (f)
        plm_file_abandon(f);
    return plm_cli_code(w, status);
}

/* Writes the repaired run file and the proof. Returns an exit code. */
static int write_files(plm_cli_home *home, plm_examination *e, plm_repairing *r)
{
    plm_text text = {.w = home->w};
    char *folder = folder_of(r->record.run),
         *proof = with_ending(r->record.run, ".proof.json", true);
    int code = plm_cli_code(home->w, plm_repair_write(r, folder, &text));
    code = code ? code : write_file(home->w, r->record.run, plm_text_get(&text));
    if (!code) {
        const char *json = plm_diagnosis_json(e->diagnosis);
        code = json ? write_file(home->w, proof, json) : plm_cli_fail_memory();
    }
    plm_text_free(&text);
    free(folder);
    free(proof);
    return code;
}

/* Checks that the call names a run file, and an output that is another file. Returns an exit
 * code. */
static int check(const char *path, const char *out)
{
    if (plm_path_is_folder(path) || plm_recipe_is_table(path))
        return plm_cli_fail(PLM_EXIT_USAGE, path, "name a run file; that of a run is RUN/run.yaml",
                            "only a run file can be repaired");
    if (plm_path_is_same(path, out))
        return plm_cli_fail(PLM_EXIT_USAGE, "--output", "name another file",
                            "the repair would overwrite the run file");
    return PLM_EXIT_GOOD;
}

int plm_cli_repair(const plm_cli_call *call, plm_cli_home *home, plm_examination *e,
                   plm_repairing *r)
{
    const char *path = call->argument[0], *given = plm_cli_option_of(call, "output");
    char *out = given ? plm_cli_format("%s", given) : with_ending(path, "-repaired.yaml", false);
    *r = (plm_repairing){.w = home->w,
                         .path = path,
                         .data_dir = home->data_dir,
                         .overrides = call->overrides,
                         .override = (const char *const *)call->override,
                         .tell = tell};
    int code = check(path, out);
    const plm_examined first = {&e->settings, &e->job, e->diagnosis};
    code = code ? code : plm_cli_code(home->w, plm_repair_run(r, &first));
    if (!code) {
        plm_diagnosis_repaired(e->diagnosis, &r->record);
        if (r->record.status == PLM_REPAIR_PROVEN) {
            r->record.run = plm_arena_text(&r->record.arena, out, SIZE_MAX);
            code = r->record.run ? write_files(home, e, r) : plm_cli_fail_memory();
        }
    }
    free(out);
    return code;
}
