/* Finds folders by the XDG base directory specification, see places.h. */
#include "run/places.h"

#include <string.h>

#include "base/text.h"

/* Returns the value of an environment variable if it is set and not empty, otherwise the fallback.
 * */
static const char *or_else(const char *value, const char *fallback)
{
    return value && *value ? value : fallback;
}

/* Appends "FOLDER/plummet" for each folder of a list separated by ':'. */
static void add_below(plm_text *t, const char *folders)
{
    for (const char *c = folders; *c;) {
        const size_t length = strcspn(c, ":");
        if (length)
            plm_text_format(t, "%s%.*s/plummet", t->length ? ":" : "", (int)length, c);
        c += length + (c[length] == ':');
    }
}

/* Returns the folders of data sets. The user's folder comes before those of the system, so that its
 * data sets take precedence. */
const char *plm_places_of_data(plm_arena *a, const plm_environment *e)
{
    if (e->data && *e->data)
        return plm_arena_text(a, e->data, SIZE_MAX);
    plm_text t = {.w = a->w};
    const char *usual = plm_arena_format(a, "%s/.local/share", or_else(e->home, ""));
    if (!usual)
        return NULL;
    add_below(&t, or_else(e->data_home, usual));
    add_below(&t, or_else(e->data_dirs, "/usr/local/share:/usr/share"));
    const char *all = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return all;
}

/* Returns the path of the file with measurements. Relative paths in environment variables are
 * ignored, as the specification demands. */
const char *plm_place_of_tuning(plm_arena *a, const plm_environment *e)
{
    const char *cache = or_else(e->cache, ""), *home = or_else(e->home, "");
    if (*cache == '/')
        return plm_arena_format(a, "%s/plummet/tuning", cache);
    return *home == '/' ? plm_arena_format(a, "%s/.cache/plummet/tuning", home) : NULL;
}
