/* Makes a remedy that leaves columns out. For a table, the key columns drops them:
 * columns='id=drop'. Other sources list their inputs, so the remedy is the pipeline of the data
 * with a list of the remaining columns. */
#include <string.h>

#include "doctor/finding.h"

/* True if the text can be an item of a list without quotes. */
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

/* Returns the length of the name of the file's column from which an input of a table is made: the
 * input may be one category ("city=Paris"), a part of a date ("day (sine of year)"), or say whether
 * a cell is missing ("age missing"). */
static size_t base_of(const char *name)
{
    static const char *const part[] = {" (sine of ", " (cosine of "}, mark[] = " missing";
    const size_t length = strlen(name), end = sizeof mark - 1;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (strstr(name, part[i]) != NULL)
            return (size_t)(strstr(name, part[i]) - name);
    if (strchr(name, '=') != NULL)
        return strcspn(name, "=");
    return length > end && strcmp(name + length - end, mark) == 0 ? length - end : length;
}

/* True for a column of a series with the values of earlier rows, "sales (3 before)": they are known
 * when predictions are made, and no key can leave out one of them. */
bool plm_doctor_is_earlier(const plm_data_column *c)
{
    static const char after[] = " before)";
    const char *at = c->name != NULL ? strstr(c->name, after) : NULL;
    const char *digit = at;
    while (digit != NULL && digit > c->name && strchr("0123456789", digit[-1]) != NULL)
        digit--;
    return digit != at && digit > c->name + 1 && digit[-1] == '(' && digit[-2] == ' ';
}

/* True if an earlier input that is left out is made from the same column of the file. */
static bool is_repeated(const plm_data_facts *d, const bool *out, int64_t i)
{
    const char *name = d->column[i].name;
    const size_t length = base_of(name);
    for (int64_t k = 0; k < i; k++)
        if (out[k] && d->column[k].name != NULL && base_of(d->column[k].name) == length &&
            strncmp(d->column[k].name, name, length) == 0)
            return true;
    return false;
}

/* Adds "NAME=drop" for a column of the file. A name with signs that the key columns would misread
 * is quoted. */
static void put_drop(plm_text *t, plm_arena *a, const char *name)
{
    const char *base = plm_arena_text(a, name, base_of(name));
    plm_text_add(t, t->length > 0 ? ", " : "");
    t->failed = t->failed || base == NULL;
    if (base != NULL && strpbrk(base, ",:={}[]'\"") != NULL)
        plm_spec_quote(t, base);
    else
        plm_text_add(t, base != NULL ? base : "");
    plm_text_add(t, "=drop");
}

/* Writes the value of the key columns that drops columns of a table: "id=drop, code=drop", after
 * the columns that are set already. False if a column has no name, or none can be dropped. */
static bool list_dropped(plm_text *t, plm_arena *a, const plm_data_facts *d, const bool *out,
                         const char *set)
{
    const bool braces = *set == '{'; /* as in YAML: {id: drop} */
    const size_t own = strlen(set) - 2 * braces;
    plm_text_append(t, set + braces, own);
    for (int64_t i = 0; i < d->columns; i++) {
        if (!out[i] || plm_doctor_is_earlier(&d->column[i]))
            continue;
        if (d->column[i].name == NULL)
            return false;
        if (!is_repeated(d, out, i))
            put_drop(t, a, d->column[i].name);
    }
    return t->length > own;
}

/* Adds the remedy for a table whose columns are set by the key columns, not by an argument of the
 * source. False if this is another source, or if a column has no name. */
static bool drop_of_table(plm_report *r, const plm_case *c, const bool *out)
{
    const plm_spec *own = NULL;
    plm_text drop = {.w = r->arena->w};
    if (c->source == NULL || strncmp(c->source, "table(", 6) != 0 ||
        plm_spec_parse(r->arena, c->source, &own) < 0 ||
        plm_spec_argument_of(own, "columns", SIZE_MAX) != NULL)
        return false;
    const bool written =
        list_dropped(&drop, r->arena, c->data, out, plm_case_setting(c, "columns"));
    if (written)
        plm_report_remedy(r, "columns", "%s", plm_text_get(&drop));
    r->what.failed = r->what.failed || drop.failed;
    plm_text_free(&drop);
    return written;
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

/* True if all columns that are to be left out are those of earlier rows of a series. */
static bool all_earlier(const plm_data_facts *d, const bool *out)
{
    bool all = true;
    for (int64_t i = 0; i < d->columns; i++)
        all = all && (!out[i] || plm_doctor_is_earlier(&d->column[i]));
    return all;
}

/* Adds the remedy that leaves columns out. It lists the remaining columns, since a source has a
 * list of inputs but no list of exceptions. The transforms after the source are kept. Without a run
 * file, or for arrays of a C program, there is no key to change, so the remedy is a sentence. */
void plm_report_leave_out(plm_report *r, const plm_case *c, const bool *out)
{
    plm_text list = {.w = r->arena->w};
    const char *source = NULL;
    if (drop_of_table(r, c, out))
        return;
    if (all_earlier(c->data, out)) {
        plm_report_remedy(r, "", "use fewer rows before: lags=N, or windows=N");
        return;
    }
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
