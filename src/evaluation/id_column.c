/* Reads a column of a table unchanged, see id_column.h. An id identifies a row for people, and is
 * no input of the model. So its cells are read from the file a second time, as text, in parallel
 * with the stream that the model reads. */
#include "evaluation/id_column.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/system.h"
#include "model/schema.h"

/* Returns the name of the first column that is an id in the model's schema or, if there is no id,
 * of the group or the time of a series. NULL = the model has none of them. */
static const char *known_id(const plm_job *j)
{
    const plm_schema *s = plm_model_columns(j->model);
    for (size_t i = 0; s && i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_ID)
            return s->column[i].name;
    for (size_t i = 0; s && s->before > 0 && i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_GROUP)
            return s->column[i].name;
    return s && s->order != SIZE_MAX ? s->column[s->order].name : NULL;
}

/* Finds a column by its name in the header row that was read, or by its number. SIZE_MAX = there is
 * no such column. */
static size_t find(const plm_id_column *c, const char *name, bool header)
{
    char *end = NULL;
    for (size_t i = 0; header && i < c->cells.cells; i++)
        if (!strcmp(c->cells.text + c->cells.start[i], name))
            return i;
    const long number = strtol(name, &end, 10), columns = (long)c->cells.cells;
    const long at = number < 0 ? number + columns : number;
    return end != name && !*end && at >= 0 && at < columns ? (size_t)at : SIZE_MAX;
}

/* For a table with several series, finds the time column, which is copied beside the group column.
 * */
static void find_time(plm_id_column *c, const plm_job *j, const plm_store *t)
{
    const plm_schema *s = plm_model_columns(j->model);
    const char *time = s && s->order != SIZE_MAX ? s->column[s->order].name : NULL;
    c->also_index = time ? plm_store_column(t, time) : SIZE_MAX;
    c->also = c->also_index != SIZE_MAX && c->also_index != c->index ? time : NULL;
    c->also_text.w = j->home;
}

/* Fails because the table in memory lacks the column that the user named. */
static plm_status fail_typed(const plm_id_column *c, plm_settings *s, const plm_store *t)
{
    plm_text hint = {.w = t->arena.w};
    plm_store_advise(&hint, t, c->name);
    const plm_status status = hint.failed
                                  ? PLM_E_MEMORY
                                  : plm_setting_fail(s, "id", 0, plm_text_get(&hint),
                                                     "%s has no column '%s'", c->file, c->name);
    plm_text_free(&hint);
    return status;
}

/* Fails because the file, whose first row was just read, lacks the column that the user named. */
static plm_status fail_column(const plm_id_column *c, plm_settings *s, bool header)
{
    enum { MOST = 64 };
    const char *names[MOST] = {NULL};
    const size_t all = c->cells.cells, count = !header ? 0 : all < MOST ? all : MOST;
    plm_text hint = {.w = s->w};
    for (size_t i = 0; i < count; i++)
        names[i] = c->cells.text + c->cells.start[i];
    const char *near = plm_name_nearest(c->name, names, count);
    if (near)
        plm_text_format(&hint, "did you mean '%.80s'?", near);
    for (size_t i = 0; !near && i < count && hint.length < PLM_HINT_CAPACITY - 80; i++)
        plm_text_format(&hint, "%s'%.40s'", i ? ", " : "its columns are ", names[i]);
    if (!header)
        plm_text_format(&hint, "the file has no names: give the number of a column, 0 to %zu",
                        all - 1);
    const plm_status status = plm_setting_fail(s, "id", 0, plm_text_get(&hint),
                                               "%s has no column '%s'", c->file, c->name);
    plm_text_free(&hint);
    return status;
}

/* True if the stream has all rows of its source from d->first on, in their order, so that a cell
 * can be found for each. */
static bool keeps_rows(const plm_data *d)
{
    for (int i = 0; i < d->transforms; i++)
        if (d->transform[i].kind->role == PLM_TRANSFORM_MIXES)
            return false;
    return d->source->schema && !d->chosen && !d->new_class;
}

/* Finds the column in the table in memory. If it does not exist, that is an error if `given` is
 * true (the user named it); otherwise *found is then false. */
static plm_status find_typed(plm_id_column *c, plm_job *j, plm_settings *s, bool given, bool *found)
{
    const plm_store *t = &((const plm_typed *)j->data->source->state)->store;
    c->typed = j->data->source->state;
    c->row = j->data->first;
    c->text.w = j->home;
    c->index = plm_store_column(t, c->name);
    *found = c->index != SIZE_MAX;
    if (!*found && given)
        return fail_typed(c, s, t);
    if (*found && !given && t->before)
        find_time(c, j, t);
    if (*found && t->header)
        c->name = plm_arena_text(&s->arena, t->column[c->index].name, SIZE_MAX);
    return c->name ? PLM_OK : PLM_E_MEMORY;
}

/* Opens the file and reads its first row. */
static plm_status open_file(plm_id_column *c, const plm_job *j, const char *path)
{
    bool got = false;
    c->cells = (plm_cells){.w = j->home, .path = path};
    PLM_TRY(plm_reader_open(j->home, path, &c->cells.reader));
    PLM_TRY(plm_cells_open(&c->cells));
    PLM_TRY(plm_cells_delimiter(&c->cells, path, "auto"));
    return plm_cells_next(&c->cells, &got);
}

/* Finds the column by the first row of the file, which was just read, and sets its title. If it
 * does not exist, that is an error if `given` is true (the user named it); otherwise *found is then
 * false. */
static plm_status find_column(plm_id_column *c, plm_settings *s, bool header, bool given,
                              bool *found)
{
    c->index = find(c, c->name, header);
    *found = c->index != SIZE_MAX;
    if (!*found && given)
        return fail_column(c, s, header);
    if (!*found)
        return PLM_OK;
    if (!header)
        return plm_cells_rewind(&c->cells);
    c->name = plm_arena_text(&s->arena, c->cells.text + c->cells.start[c->index], SIZE_MAX);
    return c->name ? PLM_OK : PLM_E_MEMORY;
}

/* Opens the file and finds the column in it, as find_column does. The file stays open only if the
 * column was found. */
static plm_status find_in_file(plm_id_column *c, const plm_job *j, plm_settings *s,
                               const char *path, bool given, bool *found)
{
    plm_status status = open_file(c, j, path);
    if (status >= 0)
        status = find_column(c, s, !j->data->source->no_header, given, found);
    if (status < 0 || !*found)
        plm_id_column_close(c);
    return status;
}

/* Opens the file of the table and finds the column `name` or, if it is NULL, the id column of the
 * model's schema. *found = false: name is NULL, and the table has no id column. */
plm_status plm_id_column_open(plm_id_column *c, plm_job *j, plm_settings *s, const plm_job_table *t,
                              const char *name, bool *found)
{
    const char *path = t->path ? t->path : t->argument;
    const bool file = t->path || plm_path_exists(path), typed = keeps_rows(j->data);
    *found = false;
    *c = (plm_id_column){
        .cells = {.w = j->home}, .file = t->argument, .name = name ? name : known_id(j)};
    if (!file && !typed && name)
        return plm_setting_fail(s, "id", 0, "name a .csv file as the data",
                                "a column can be copied only from a file, but '%s' is not a file",
                                t->argument);
    if ((!file && !typed) || !c->name)
        return PLM_OK;
    if (typed)
        return find_typed(c, j, s, name != NULL, found);
    return find_in_file(c, j, s, path, name != NULL, found);
}

/* Returns the text of the cell in column `index` of the current row. */
static const char *typed_cell(const plm_id_column *c, size_t index, plm_text *text)
{
    text->length = 0;
    if (c->row < c->typed->store.rows)
        plm_typed_text(c->typed, index, c->row, text);
    return text->length > 0 ? plm_text_get(text) : "";
}

/* Reads the cell of the next row. *cell is valid until the next call. Fails if the file now has
 * fewer rows than when the data was opened. */
plm_status plm_id_column_next(plm_id_column *c, const char **cell, const char **also)
{
    bool got = false;
    *also = NULL;
    if (c->typed) {
        *cell = typed_cell(c, c->index, &c->text);
        if (c->also)
            *also = typed_cell(c, c->also_index, &c->also_text);
        c->row++;
        return c->text.failed || c->also_text.failed ? PLM_E_MEMORY : PLM_OK;
    }
    PLM_TRY(plm_cells_next(&c->cells, &got));
    if (!got || c->index >= c->cells.cells)
        return plm_fail(c->cells.w, PLM_E_DATA, c->file,
                        "do not change the file during the prediction",
                        "after line %lld the file has no more cells of the column '%s'",
                        (long long)c->cells.line, c->name);
    *cell = c->cells.text + c->cells.start[c->index];
    return PLM_OK;
}

/* Closes the file. */
void plm_id_column_close(plm_id_column *c)
{
    plm_text_free(&c->text);
    plm_text_free(&c->also_text);
    plm_cells_close(&c->cells);
}
