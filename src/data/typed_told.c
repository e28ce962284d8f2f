/* Says what was decided about the columns of a table, where the user should know. */
#include "data/typed.h"

void plm_typed_warn_report(const plm_source *s)
{
    plm_text t = {.w = (plm *)&s->w};
    plm_text_add_printable(&t, s->file);
    plm_text_add(&t, " cannot be used; its columns:\n");
    plm_schema_report(&t, s->schema, s->w.options.log_width);
    if (!t.failed)
        plm_warn_lines(&s->w, plm_text_get(&t));
    plm_text_free(&t);
}

void plm_typed_warn_embed(const plm_source *s, const plm_store *t, int64_t embed)
{
    const plm_schema *m = s->schema;
    size_t most = SIZE_MAX;
    for (size_t i = 0; i < m->columns && i < t->columns; i++) {
        if (m->column[i].encoding == PLM_ENCODE_INDEX)
            return;
        if (m->column[i].encoding == PLM_ENCODE_ONE_HOT &&
            (most == SIZE_MAX || t->column[i].words > t->column[most].words))
            most = i;
    }
    if (embed > 0 && most == SIZE_MAX)
        plm_warn(&s->w, "%.100s: embed=%lld has no effect: no input is a category", s->file,
                 (long long)embed);
    else if (embed > 0)
        plm_warn(&s->w,
                 "%.100s: embed=%lld has no effect: no category has more words than that; '%.60s' "
                 "has the most, %zu",
                 s->file, (long long)embed, m->column[most].name, t->column[most].words);
}
