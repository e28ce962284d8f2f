/* The names of the columns that a model was trained on. They are stored with the model. When the
 * model gets another table, the columns of that table are found by these names. Missing columns,
 * and columns at other positions, are errors.
 *
 * A net knows its inputs by position, people know columns by name. The names are the only
 * protection against a table whose columns were sorted differently, which would give predictions
 * without any error. */
#include <string.h>

#include "data/data.h"
#include "model/model.h"
#include "model/schema.h"

/* ---- lists of names ---- */

/* The names in a list, or in all lists that a list contains: name[count]. */
typedef struct {
    const char **name; /* in the arena of the caller */
    size_t count;      /* over all lists */
} names;

/* Returns the number of names in a list of names, or in a list of such lists, which a net of
 * several inputs has. */
static size_t count_names(const plm_spec *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const plm_spec *item = list->argument[i].value;
        count += item->type == PLM_SPEC_LIST ? count_names(item) : 1;
    }
    return count;
}

/* Appends the names in a list, and in lists within it, to out. */
static void gather_names(const plm_spec *list, names *out)
{
    for (size_t i = 0; i < list->count; i++) {
        const plm_spec *item = list->argument[i].value;
        if (item->type == PLM_SPEC_LIST)
            gather_names(item, out);
        else
            out->name[out->count++] = item->text;
    }
}

/* Parses a list and collects its names. The names point into the parsed list, which is in the
 * arena. */
static plm_status read_names(plm_arena *a, const char *text, names *out)
{
    const plm_spec *list = NULL;
    PLM_TRY(plm_spec_parse(a, text, &list));
    *out = (names){.name = plm_arena_array(a, count_names(list) + 1, sizeof *out->name)};
    if (out->name == NULL)
        return PLM_E_MEMORY;
    gather_names(list, out);
    return PLM_OK;
}

/* Returns the index of a name; of->count = it is not in the list. Names are compared exactly, since
 * they come from the same tables. */
static size_t find(const names *of, const char *name)
{
    size_t i = 0;
    while (i < of->count && strcmp(of->name[i], name) != 0)
        i++;
    return i;
}

/* ---- names from text ---- */

/* True for a list of texts or, if `nested`, for a list of such lists. The text may come from a file
 * that was changed by hand. */
static bool is_list(const plm_spec *s, bool nested)
{
    if (s->type != PLM_SPEC_LIST || s->count == 0)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const plm_spec *item = s->argument[i].value;
        if (s->argument[i].key != NULL ||
            !(item->type == PLM_SPEC_TEXT || (nested && is_list(item, false))))
            return false;
    }
    return true;
}

/* Replaces the setting *out by a copy of `words`, after checking that they are a list of names.
 * words == NULL: *out is kept; "" = no names. where: the file or data, for errors. After an error
 * the setting is unchanged. */
static plm_status set_names(plm_model *m, const char *words, const char *where, const char **out)
{
    const plm_spec *s = NULL;
    plm_arena a = {.w = m->w};
    if (words == NULL || strcmp(words, *out) == 0)
        return PLM_OK;
    plm_status status = words[0] == '\0' ? PLM_OK : plm_spec_parse(&a, words, &s);
    if (status == PLM_E_SPEC || (s != NULL && !is_list(s, true)))
        status = plm_fail(m->w, PLM_E_FORMAT, where,
                          "the file is damaged or was written by a faulty program: get it again, "
                          "or save it again",
                          "the names of the columns are not a list of names: %.80s", words);
    plm_arena_free(&a);
    PLM_TRY(status);
    const char *copy = plm_arena_text(&m->arena, words, SIZE_MAX);
    *out = copy != NULL ? copy : *out;
    return copy != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Sets the names of the columns that the model knows. inputs, targets: lists of names as text; NULL
 * = keep the current names. */
plm_status plm_model_set_columns(plm_model *m, const char *inputs, const char *targets,
                                 const char *where)
{
    PLM_TRY(set_names(m, inputs, where, &m->setting[PLM_SETTING_INPUTS]));
    return set_names(m, targets, where, &m->setting[PLM_SETTING_TARGETS]);
}

/* ---- names from data ---- */

/* Returns the names of the columns of a schema with a role, as a list in the arena. NULL = no
 * memory. An empty list is the text "". */
static const char *schema_names(plm_arena *a, const plm_schema *s, plm_column_role role)
{
    plm_text t = {.w = a->w};
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == role) {
            plm_text_add(&t, t.length > 0 ? ", " : "[");
            plm_spec_quote(&t, s->column[i].name);
        }
    plm_text_add(&t, t.length > 0 ? "]" : "");
    const char *list = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return list;
}

/* Stores the schema in the model. Also stores the names of the columns in the model's own list,
 * since messages and `summary` look there for any kind of table. */
static plm_status learn_schema(plm_model *m, plm_arena *a, const plm_schema *s)
{
    plm_text t = {.w = m->w};
    const char *inputs = schema_names(a, s, PLM_ROLE_INPUT);
    const char *targets = schema_names(a, s, PLM_ROLE_TARGET);
    plm_schema_print(&t, s);
    plm_status status = t.failed || inputs == NULL || targets == NULL ? PLM_E_MEMORY : PLM_OK;
    if (status >= 0)
        status = plm_model_set_schema(m, plm_text_get(&t), "data");
    if (status >= 0)
        status = plm_model_set_columns(m, inputs, targets, "data");
    plm_text_free(&t);
    return status;
}

/* True if the source reads a file of numbers as they are, without an encoding. */
static bool reads_plain(const plm_source *s)
{
    const char *kind = s->spec != NULL ? s->kind->kind.name : "";
    return strcmp(kind, "csv") == 0 || strcmp(kind, "npy") == 0;
}

/* Sets the names in the model if the columns of the data have names; otherwise changes nothing. If
 * two columns have the same name, the model gets no names, and loses those that it had. A file of
 * plain numbers also ends the schema of an earlier training on a table. */
static plm_status learn_names(plm_model *m, plm_arena *a, const plm_data *d, bool targets)
{
    const char *inputs = "", *target_names = NULL;
    plm_status status = plm_data_columns(d, a, false, &inputs);
    if (status >= 0 && targets)
        status = plm_data_columns(d, a, true, &target_names);
    if (status >= 0 && (inputs[0] != '\0' || d->source->duplicate != NULL))
        status = plm_model_set_columns(m, inputs, target_names, "data");
    if (status >= 0 && reads_plain(d->source))
        status = plm_model_set_schema(m, "", "data");
    return status;
}

/* Stores the names of the columns of data in the model, if they have names. targets = true: also
 * stores the names of the target columns. A table with types is stored as its schema, other data as
 * names of columns. */
plm_status plm_model_learn_columns(plm_model *m, const plm_data *d, bool targets)
{
    plm_arena a = {.w = m->w};
    plm_status status = plm_source_fit(d->source);
    if (status < 0)
        return plm_source_carry(m->w, d->source, status);
    status = d->source->schema != NULL ? learn_schema(m, &a, d->source->schema)
                                       : learn_names(m, &a, d, targets);
    plm_arena_free(&a);
    return status;
}

/* ---- comparing with data ---- */

/* Fails because a column is at another position than in training. known: its position in training;
 * own: its position in the data; both from 0. */
static plm_status fail_place(const plm_model *m, const plm_data *d, bool targets, const char *name,
                             size_t known, size_t own)
{
    const char *side = targets ? "target" : "input";
    plm_text hint = {.w = m->w};
    plm_text_format(&hint, "list the columns in the intended order: %s",
                    targets ? "target=" : "inputs=");
    plm_text_format(&hint, "%.200s",
                    targets ? m->setting[PLM_SETTING_TARGETS] : m->setting[PLM_SETTING_INPUTS]);
    plm_text_add(&hint, strlen(targets ? m->setting[PLM_SETTING_TARGETS]
                                       : m->setting[PLM_SETTING_INPUTS]) > 200
                            ? "..."
                            : "");
    const plm_status status =
        plm_fail(m->w, PLM_E_DATA, d->source->spec, plm_text_get(&hint),
                 "the columns are in a different order than in training: '%.80s' was number %zu of "
                 "the %ss, and now is number %zu (counted from 0)",
                 name, known, side, own);
    plm_text_free(&hint);
    return status;
}

/* Fails because a column of the training is missing. */
static plm_status fail_missing(const plm_model *m, const plm_data *d, bool targets,
                               const char *name)
{
    return plm_fail(
        m->w, PLM_E_DATA, d->source->spec,
        targets ? "rename the column, or give the target column by target=NAME"
                : "rename the column, or list the columns in the intended order by inputs=[...]",
        "the model was trained on a column '%.80s', which is not among the %ss of the data", name,
        targets ? "target" : "input");
}

/* Compares the input or target columns of data with those that the model knows. If either side has
 * no names, nothing is compared. */
static plm_status compare(const plm_model *m, const plm_data *d, plm_arena *a, bool targets,
                          plm_columns_use use)
{
    const char *text = NULL, *const known_text = targets ? m->setting[PLM_SETTING_TARGETS]
                                                         : m->setting[PLM_SETTING_INPUTS];
    names known, own;
    PLM_TRY(plm_data_columns(d, a, targets, &text));
    if (text[0] == '\0' || known_text[0] == '\0' || strcmp(text, known_text) == 0)
        return PLM_OK;
    PLM_TRY(read_names(a, known_text, &known));
    PLM_TRY(read_names(a, text, &own));
    /* every known column must be at its old position or, if allowed, missing */
    for (size_t i = 0; i < known.count; i++) {
        const size_t at = find(&own, known.name[i]);
        if (at < own.count && at != i)
            return fail_place(m, d, targets, known.name[i], i, at);
        if (at == own.count && use == PLM_COLUMNS_SAME)
            return fail_missing(m, d, targets, known.name[i]);
    }
    return PLM_OK;
}

/* table(...) encodes its columns, csv(...) and npy(...) do not. A net that was trained on one of
 * these gives wrong predictions for the other, although names and widths agree. Arrays of the
 * caller, and data sets that are built in, are not files, and are never refused. */
plm_status plm_model_check_encoding(plm *w, bool encoded, const plm_data *d)
{
    const plm_source *s = d->source;
    if (encoded && s->schema == NULL && reads_plain(s))
        return plm_fail(w, PLM_E_DATA, s->spec,
                        "read the file by table(...) as in training; for a trained model, give the "
                        "file alone: plummet evaluate RUN FILE",
                        "the model was trained on table(...), which encodes its columns, but "
                        "%s(...) reads the numbers as they are",
                        s->kind->kind.name);
    if (!encoded && s->schema != NULL)
        return plm_fail(w, PLM_E_DATA, s->spec,
                        "read the file by csv(...) as in training; for a trained model, give the "
                        "file alone: plummet evaluate RUN FILE",
                        "the model was trained on numbers as they are, but table(...) encodes its "
                        "columns");
    return PLM_OK;
}

/* Checks the encoding of the data. A model without a schema and without names of columns may have
 * been trained on anything. */
static plm_status check_encoding(const plm_model *m, const plm_data *d)
{
    if (m->schema == NULL && m->setting[PLM_SETTING_INPUTS][0] == '\0')
        return PLM_OK;
    return plm_model_check_encoding(m->w, m->schema != NULL, d);
}

/* Checks the encoding, then compares the inputs, then the targets. Columns that the user listed one
 * by one are not compared. */
plm_status plm_model_check_columns(const plm_model *m, const plm_data *d, bool targets,
                                   plm_columns_use use)
{
    plm_arena a = {.w = m->w};
    if (d->w != m->w)
        return plm_fail_key(m->w, PLM_E_ORDER, "data", "open both with the same runtime",
                            "the stream belongs to another runtime than the model");
    plm_status status = use == PLM_COLUMNS_SAME ? check_encoding(m, d) : PLM_OK;
    if (status >= 0 && !d->source->named_inputs)
        status = compare(m, d, &a, false, use);
    if (status >= 0 && targets && !d->source->named_targets)
        status = compare(m, d, &a, true, use);
    plm_arena_free(&a);
    return status;
}

/* ---- data for a model ---- */

/* Returns the number of elements in a row of all inputs together; 0 = not compiled. */
static int64_t width_of(const plm_model *m)
{
    plm_port port;
    int64_t width = 0;
    for (int i = 0; i < plm_model_inputs(m, -1, NULL); i++) {
        int64_t numbers = 1;
        (void)plm_model_inputs(m, i, &port);
        for (int k = 0; k < port.rank; k++)
            numbers *= port.dims[k];
        width += numbers;
    }
    return width;
}

/* Warns that the columns of a table without a header are taken by their position, and names the
 * first columns of the training. */
static void warn_no_header(const plm_model *m, const plm_data *d, const plm_known_columns *known)
{
    names wanted;
    plm_arena a = {.w = m->w};
    plm_text list = {.w = m->w};
    int64_t width = 0;
    for (int i = 0; i < d->source->inputs; i++)
        width += (int64_t)d->source->table[i].width;
    if (d->source->no_header && !d->source->named_inputs && known->inputs[0] != '\0' &&
        width == known->width && read_names(&a, known->inputs, &wanted) >= 0) {
        for (size_t i = 0; i < wanted.count && i < 4; i++)
            plm_text_format(&list, "%s%.40s", i > 0 ? ", " : "", wanted.name[i]);
        plm_text_add(&list, wanted.count > 4 ? ", ..." : "");
        plm_warn(m->w, "%s has no header: its columns are taken by position, as %s",
                 plm_source_title(d->source), plm_text_get(&list));
    }
    plm_text_free(&list);
    plm_arena_free(&a);
}

/* Compares the columns that were found with those of the model. table(...) that was opened for a
 * model without a schema would have found its own encoding in rows that the model is to predict. */
static plm_status check_opened(const plm_model *m, const plm_data *d, bool targets)
{
    if (m->schema == NULL)
        PLM_TRY(plm_model_check_encoding(m->w, false, d));
    return plm_model_check_columns(m, d, targets, PLM_COLUMNS_SAME);
}

/* Opens the pipeline with the columns that the model knows, then compares the columns that were
 * found. */
plm_data *plm_data_open_for(const plm_model *m, bool targets, const char *pipeline, ...)
{
    va_list list;
    if (m == NULL)
        return NULL;
    const plm_known_columns known = {.inputs = m->setting[PLM_SETTING_INPUTS],
                                     .targets = m->setting[PLM_SETTING_TARGETS],
                                     .schema = m->setting[PLM_SETTING_SCHEMA],
                                     .width = width_of(m),
                                     .wants_targets = targets};
    va_start(list, pipeline);
    plm_data *d = plm_pipeline_open(m->w, &known, pipeline, list);
    va_end(list);
    if (d != NULL && check_opened(m, d, targets) < 0) {
        plm_data_free(d);
        return NULL;
    }
    if (d != NULL)
        warn_no_header(m, d, &known);
    return d;
}
