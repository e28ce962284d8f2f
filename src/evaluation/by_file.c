/* Opens the file of csv(...) as a table with types, for by=COLUMN: csv(...) keeps only the numbers
 * that the model uses, but rows may be compared by any column of the file. */
#include <string.h>

#include "base/spec.h"
#include "evaluation/by_column.h"
#include "run/job.h"

/* Appends the arguments of csv(...) that say how the file is read, which table(...) has, too. */
static void add_reading(plm_text *t, const plm_spec *csv)
{
    static const struct {
        const char *key;
        size_t at; /* position of the argument in csv(...) */
    } shared[] = {
        {"header", 2}, {"delimiter", 3}, {"skip", 4}, {"max_columns", 8}, {"max_line", 9}};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        const plm_spec *value = plm_spec_argument_of(csv, shared[i].key, shared[i].at);
        if (!value)
            continue;
        plm_text_format(t, ", %s=", shared[i].key);
        plm_spec_print(t, value);
    }
}

/* Opens a source without its warnings, as those of csv(...) have been given already. */
static plm_status open_quietly(plm *w, const char *spec, plm_source **out)
{
    void (*const log)(void *, int, const char *) = w->options.log;
    w->options.log = NULL;
    const plm_status status = plm_source_open(w, spec, NULL, out);
    w->options.log = log;
    return status;
}

/* *out stays NULL if s is not such a source. */
plm_status plm_by_file_open(const plm_job *j, const plm_source *s, plm_arena *a, plm_source **out)
{
    const plm_spec *csv = NULL;
    plm_text t = {.w = j->home};
    if (!s->spec || !s->kind || strcmp(s->kind->kind.name, "csv") != 0)
        return PLM_OK;
    PLM_TRY(plm_spec_parse(a, s->spec, &csv));
    plm_text_add(&t, "table(");
    plm_spec_print(&t, plm_spec_argument_of(csv, "file", 0));
    plm_text_add(&t, ", target=none");
    add_reading(&t, csv);
    plm_text_add(&t, ")");
    const plm_status status =
        t.failed ? PLM_E_MEMORY : open_quietly(j->home, plm_text_get(&t), out);
    plm_text_free(&t);
    return status;
}
