/* Writes and reads the origin of each setting (set by the user, chosen, or default) as a comment
 * behind its value in run.yaml. run.yaml is read again when a run is resumed or displayed, and the
 * origin must not be lost then: a default may change in a later version, but not a value of the
 * user. As a comment, the origin does not disturb YAML readers, and people can read it. */
#include <errno.h>
#include <string.h>

#include "base/contents.h"
#include "base/stream.h"
#include "run/runfile.h"

static const char *const origins[] = {"default", "chosen", "measured"};

/* Returns the origin of a value; a value without a recorded origin was set by the user. */
const char *plm_setting_origin(const plm_setting *setting)
{
    return setting->origin ? setting->origin : "said";
}

/* Returns the origin at the end of line[length], "key: value # chosen"; NULL = the line has no
 * origin. */
static const char *origin_of(const char *line, size_t length)
{
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        const size_t tail = strlen(origins[i]) + 4; /* two blanks, # and a blank */
        if (length > tail && !strncmp(line + length - tail, "  # ", 4) &&
            !strncmp(line + length - tail + 4, origins[i], tail - 4))
            return origins[i];
    }
    return NULL;
}

/* Takes the origin of each key from the comment on its line. A comment on a line without a key is
 * ignored. */
void plm_settings_origins(plm_settings *s, const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const size_t length = strcspn(line, "\n"), key = strcspn(line, ":\n");
        const char *origin = origin_of(line, length);
        for (int i = 0; origin && i < s->count; i++)
            if (s->at[i].given && strlen(s->keys[i].name) == key &&
                !strncmp(s->keys[i].name, line, key))
                s->at[i].origin = origin;
    }
}

/* Reads run.yaml line by line, since YAML readers drop comments. */
plm_status plm_run_settings_find_origins(plm_settings *s, const char *folder)
{
    size_t length = 0;
    const char *path = plm_arena_format(&s->arena, "%s/run.yaml", folder);
    if (!path)
        return PLM_E_MEMORY;
    char *text = plm_contents(s->w, path, SIZE_MAX / 4, &length);
    if (!text)
        return errno == ENOMEM ? PLM_E_MEMORY : plm_fail_system(s->w, errno, "cannot read", path);
    plm_settings_origins(s, text);
    plm_release(s->w, text);
    return PLM_OK;
}
