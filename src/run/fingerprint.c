/* Computes the fingerprint of a data file, see fingerprint.h. The test rows of a run are found
 * again by the same split of the same file. If the rows of the file have changed, the split picks
 * other rows, and the model may have learned from them, so its test metrics would be too good. Size
 * and CRC-32 are enough to notice an edit; they do not protect against deliberate manipulation. */
#include "run/fingerprint.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/contents.h"
#include "base/paths.h"
#include "base/stream.h"
#include "base/system.h"
#include "data/data.h"
#include "run/same_rows.h"

/* Number of bytes that the checksum covers, at the beginning of the file, so that a run need not
 * read a long file again. */
enum { LIMIT = 1 << 24 };

/* Sets *out to the fingerprint of a file, in the arena: "3974305 bytes, crc32 1a2b3c4d"; NULL = it
 * is not a file that can be read again. */
static plm_status find_file(plm_arena *a, const char *path, const char **out)
{
    size_t length = 0;
    *out = NULL;
    if (!plm_path_is_file(path))
        return PLM_OK;
    char *bytes = plm_contents(a->w, path, LIMIT, &length);
    if (!bytes)
        return errno == ENOMEM ? PLM_E_MEMORY : plm_fail_system(a->w, errno, "cannot read", path);
    const unsigned long sum =
        crc32_z(0, (const unsigned char *)bytes, length < LIMIT ? length : LIMIT);
    plm_release(a->w, bytes);
    *out = plm_arena_format(a, "%lld bytes, crc32 %08lx", (long long)plm_path_size(path), sum);
    return *out ? PLM_OK : PLM_E_MEMORY;
}

/* Sets *out to the fingerprint of the job's data; NULL = the data is not a single file that can be
 * read again. */
static plm_status find(plm_arena *a, const plm_job *j, const char **out)
{
    const char *file = j->data ? j->data->source->file : NULL;
    *out = NULL;
    if (!file)
        return PLM_OK;
    const char *path = plm_path_below(a, j->w->options.directory, file);
    return path ? find_file(a, path, out) : PLM_E_MEMORY;
}

/* Sets the key fingerprint. An older fingerprint is removed even if the data has none. */
plm_status plm_fingerprint_set(plm_settings *s, const plm_job *j)
{
    const char *text = NULL;
    PLM_TRY(find(&s->arena, j, &text));
    plm_setting_drop(s, "fingerprint");
    if (!text)
        return PLM_OK;
    const plm_status status = plm_setting_suggest(s, "fingerprint", text, NULL);
    plm_setting_of(s, "fingerprint")->origin = "measured";
    return status;
}

/* Fails if the data has changed since the training. Data that is not a single file cannot be
 * compared and is accepted. harm: what is wrong with changed data, for the message. The hint is
 * `advice` and `argument`. */
static plm_status compare(plm_settings *s, const plm_job *j, const char *harm, const char *advice,
                          const char *argument)
{
    const char *then = plm_setting_text(s, "fingerprint"), *now = NULL;
    if (!then)
        return PLM_OK;
    PLM_TRY(find(&s->arena, j, &now));
    if (!now || strcmp(then, now) == 0)
        return PLM_OK;
    return plm_fail(s->w, PLM_E_DATA, j->data->source->file,
                    plm_arena_format(&s->arena, "%s%s", advice, argument),
                    "the file has changed since the run was trained (then %s; now %s), %s", then,
                    now, harm);
}

/* The split of changed data picks other rows as the test. */
plm_status plm_fingerprint_check(plm_settings *s, const plm_job *j, const char *command)
{
    return compare(
        s, j, "so its test rows are no longer known",
        "restore the file, or give a file with rows that the model was not trained on: ", command);
}

/* The splits of changed data pick other rows, and its columns are encoded in another way, mostly
 * without any other sign. */
plm_status plm_fingerprint_check_resumed(plm_settings *s, const plm_job *j, const char *folder)
{
    return compare(s, j, "and a resumed run must keep its rows",
                   "restore the file; to train on the new rows, begin a new run, which may start "
                   "from this model: plummet train RUNFILE start=",
                   folder);
}

/* Sets *path to the file that the settings name and *now to its fingerprint if this is another one
 * than that in the settings, else *now = NULL. */
static plm_status find_change(plm_settings *s, const char **path, const char **now)
{
    const char *then = plm_setting_text(s, "fingerprint");
    *path = then ? plm_run_source(s) : NULL;
    *now = NULL;
    if (!*path)
        return PLM_OK;
    PLM_TRY(find_file(&s->arena, *path, now));
    if (*now && strcmp(then, *now) == 0)
        *now = NULL;
    return PLM_OK;
}

/* The error that made the data unusable is kept as the second half of the message. */
plm_status plm_fingerprint_explain(plm_settings *s, plm_status status)
{
    const char *path, *now;
    if (status != PLM_E_DATA && status != PLM_E_SPEC && status != PLM_E_SHAPE)
        return status;
    const char *what = plm_arena_format(&s->arena, "%s", plm_last_error(s->w)->what);
    PLM_TRY(what ? find_change(s, &path, &now) : PLM_E_MEMORY);
    if (!now)
        return status;
    return plm_fail(s->w, PLM_E_DATA, path,
                    "restore the file; to train on the new one, begin a new run",
                    "the file has changed since the run was trained (then %s; now %s): %s",
                    plm_setting_text(s, "fingerprint"), now, what);
}

plm_status plm_fingerprint_warn(plm_settings *s)
{
    const char *path, *now;
    PLM_TRY(find_change(s, &path, &now));
    if (now)
        plm_warn(s->w, "%s: the file has changed since the run was trained (then %s; now %s)", path,
                 plm_setting_text(s, "fingerprint"), now);
    return PLM_OK;
}
