/* Makes the remedy that leaves columns out: the pipeline of the data, with a list of the remaining
 * columns. */
#include <string.h>

#include "doctor/finding.h"

/* True if the text can be written in a list without quotes. */
static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return *text != '\0' && strchr(letters, *text) != NULL &&
           strspn(text, letters) + strspn(text + strspn(text, letters), "0123456789") ==
               strlen(text);
}

/* Writes the names of the remaining columns as "[a, b]"; false if columns have no names, or are too
 * many to be written. */
static bool list_others(plm_text *t, const plm_data_facts *d, const bool *out)
{
    enum { MOST = 40 };
    int64_t shown = 0;
    plm_text_add(t, "[");
    for (int64_t i = 0; i < d->columns; i++) {
        if (out[i])
            continue;
        if (d->column[i].name == NULL || d->column[i].input > 0 || shown == MOST)
            return false;
        plm_text_add(t, shown++ > 0 ? ", " : "");
        if (is_name(d->column[i].name))
            plm_text_add(t, d->column[i].name);
        else
            plm_spec_quote(t, d->column[i].name);
    }
    plm_text_add(t, "]");
    return shown > 0;
}

/* Returns the spec of the source with other inputs; NULL = no memory, or the source is not a spec.
 * */
static const char *source_with(plm_arena *a, const char *source, const char *inputs)
{
    const plm_spec *own = NULL, *list = NULL;
    if (plm_spec_parse(a, source, &own) < 0 || plm_spec_parse(a, inputs, &list) < 0)
        return NULL;
    const plm_spec *changed = plm_spec_with(a, own, "inputs", list);
    return changed != NULL ? plm_spec_text(a, changed) : NULL;
}

/* Adds the remedy. It lists the remaining columns, since a source has a list of inputs but no list
 * of exceptions. The transforms after the source are kept as they are. Without a run file, or for
 * arrays of a C program, there is no key to change, so the remedy is a sentence. */
void plm_report_leave_out(plm_report *r, const plm_case *c, const bool *out)
{
    plm_text list = {.w = r->arena->w};
    const char *source = NULL;
    if (c->source != NULL && list_others(&list, c->data, out))
        source = source_with(r->arena, c->source, plm_text_get(&list));
    if (source != NULL && c->alone)
        plm_report_remedy(r, "", "in the run file: data: \"%s\"", source);
    else if (source != NULL)
        plm_report_remedy(r, "data", "%s%s", source, c->rest);
    else
        plm_report_remedy(r, "", "list only the other columns as inputs of the data");
    r->what.failed = r->what.failed || list.failed;
    plm_text_free(&list);
}
