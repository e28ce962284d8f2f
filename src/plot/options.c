/* Reads the options of pictures: lists of specs, and numbers. */
#include "base/split.h"
#include "plot/request.h"

/* Splits a list at commas. The parts are first counted, then copied, since an array in an arena
 * cannot grow. */
plm_status plm_plot_specs_split(plm_plot_request *r, const char *list, plm_plot_specs *out)
{
    const char *part = NULL, *text = list;
    size_t length = 0;
    int parts = 0;
    while (plm_split_next(&text, ',', &part, &length))
        parts++;
    const char **spec = plm_arena_array(&r->arena, (size_t)parts, sizeof *spec);
    *out = (plm_plot_specs){.text = spec};
    while (spec && plm_split_next(&list, ',', &part, &length)) {
        spec[out->count] = plm_arena_text(&r->arena, part, length);
        if (!spec[out->count++])
            return PLM_E_MEMORY;
    }
    return spec ? PLM_OK : PLM_E_MEMORY;
}

/* Reads a whole number. The error names the option as its place and the bounds in its hint. */
plm_status plm_plot_option_whole(plm_plot_request *r, const char *name, int64_t low, int64_t high,
                                 int64_t *value)
{
    const char *text = r->option(r->self, name);
    if (!text || (plm_read_whole(text, value) && *value >= low && *value <= high))
        return PLM_OK;
    const char *where = plm_arena_format(&r->arena, "--%s", name);
    const char *hint = plm_arena_format(&r->arena, "use a whole number from %lld to %lld",
                                        (long long)low, (long long)high);
    return where && hint ? plm_fail(r->w, PLM_E_SPEC, where, hint, "%s cannot be '%s'", name, text)
                         : PLM_E_MEMORY;
}
