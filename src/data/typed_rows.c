/* Removes the rows of a table that cannot be used: the first rows of a series, and rows without a
 * target. */
#include <math.h>

#include "data/typed.h"

/* Sets row[i] to i for each row i. If `targets` is true, sets it to -1 if a target of the row is
 * missing. An empty cell of a target with labels is not missing: it means a row without labels. */
static void find_targets(const plm_source *s, const plm_typed *t, bool targets, int64_t *row)
{
    for (int64_t i = t->store.rows; i-- > 0;)
        row[i] = i;
    for (size_t k = 0; k < s->schema->columns && targets; k++) {
        const plm_column *c = &s->schema->column[k];
        if (c->role != PLM_ROLE_TARGET || c->encoding == PLM_ENCODE_LABELS)
            continue;
        const double *number = t->store.column[t->place[k]].number;
        for (int64_t i = 0; i < t->store.rows; i++)
            row[i] = isnan(number[i]) ? -1 : row[i];
    }
}

/* Warns that the model cannot predict the first rows of a series, since it needs the rows before
 * them. */
static void warn_first(const plm_source *s, const plm_typed *t)
{
    const int64_t before = s->schema->before;
    if (before > 0 && *s->known.schema && !s->known.wants_targets)
        plm_warn(&s->w,
                 t->store.before ? "%.100s: the first %lld rows of each group get no prediction, "
                                   "since the model needs the %lld rows before each row"
                                 : "%.100s: the first %lld rows get no prediction, since the model "
                                   "needs the %lld rows before each row",
                 s->file, (long long)before, (long long)before);
}

/* True if a row has as many earlier rows as the model needs. */
static bool has_before(const plm_source *s, const plm_store *t, int64_t row)
{
    return (t->before ? t->before[row] : row) >= s->schema->before;
}

/* Warns about groups that are so short that none of their rows has enough earlier rows. */
static void warn_short(const plm_source *s, const plm_store *t)
{
    int64_t groups = 0, used = 0;
    for (int64_t i = 0; i < t->rows && t->before; i++) {
        groups += t->before[i] == 0;
        used += t->before[i] == s->schema->before;
    }
    if (used > 0 && used < groups)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld groups are not used: none of their rows has the %lld rows "
                 "before it that it needs",
                 s->file, (long long)(groups - used), (long long)groups,
                 (long long)s->schema->before);
}

/* Warns that `lost` rows have no target. line: line of the file with the first such row. Fails if
 * no row remains. */
static plm_status tell_lost(plm_source *s, const plm_typed *t, int64_t lost, int64_t line,
                            int64_t left)
{
    const int64_t rows = t->store.rows;
    if (left == 0 && lost == 0 && t->store.before)
        return plm_fail(&s->w, PLM_E_DATA, s->file, "use fewer lags, or longer series",
                        "no group has a row with the %lld rows before it that the model needs",
                        (long long)s->schema->before);
    if (left == 0 && s->schema->before >= rows)
        return plm_fail(&s->w, PLM_E_DATA, s->file, "use more rows of the series",
                        "%lld rows are too few: the model needs the %lld rows before each row",
                        (long long)rows, (long long)s->schema->before);
    if (left == 0)
        return plm_fail(&s->w, PLM_E_DATA, s->file, "use another target",
                        "the target is missing in all %lld rows", (long long)rows);
    if (lost > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld rows lack the target and are not used, the first in line "
                 "%lld; marks such as NA, null and ? are read as empty cells",
                 s->file, (long long)lost, (long long)rows, (long long)line);
    return PLM_OK;
}

/* Removes rows. The first rows of a series have no earlier rows and cannot be inputs. Of the
 * others, only those without a target are reported, as the user may not know about them. */
plm_status plm_typed_drop_rows(plm_source *s, plm_typed *t, bool targets)
{
    plm_store *store = &t->store;
    int64_t rows = 0, lost = 0, line = 0;
    int64_t *row = plm_allocate_array(&s->w, (size_t)store->rows + 1, sizeof *row);
    if (!row)
        return PLM_E_MEMORY;
    find_targets(s, t, targets, row);
    warn_short(s, store);
    for (int64_t i = 0; i < store->rows; i++) {
        if (!has_before(s, store, i))
            continue;
        if (row[i] >= 0)
            row[rows++] = i;
        else
            line = lost++ == 0 ? store->line[i] : line;
    }
    const plm_status status = tell_lost(s, t, lost, line, rows);
    if (status >= 0 && rows < store->rows)
        plm_store_keep(store, row, rows);
    plm_release(&s->w, row);
    warn_first(s, t);
    return status;
}
