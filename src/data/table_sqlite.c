/* Reads a table of an SQLite database, or the rows of a query. The database is not changed. A row
 * has no line, so messages number rows from 1. In SQLite each value has its own type, whatever the
 * declared type of the column. So each value becomes a cell by its own type, and the schema decides
 * what the column is, as for every other file. */
#include <stdio.h>
#include <string.h>

#include "base/notation.h"
#include "data/table_file.h"

#ifdef PLM_HAVE_SQLITE
#include <sqlite3.h>

/* A database that is being read. */
typedef struct {
    plm_table_file *f;
    sqlite3 *db;           /* opened for reading only */
    sqlite3_stmt *rows;    /* the query */
    plm_table_texts texts; /* the cells of the current row */
} database;

/* Fails with the message of SQLite. */
static plm_status fail_sqlite(const database *d, plm_status status, const char *hint)
{
    return plm_fail(d->f->w, status, d->f->name, hint, "SQLite: %.300s", sqlite3_errmsg(d->db));
}

/* ---- which rows ---- */

/* Sets *list to the names of the tables of the database, in the arena, *first to the first of
 * them, and *count to their number. */
static plm_status list_tables(database *d, const char **list, const char **first, int *count)
{
    static const char query[] = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    plm_text t = {.w = d->f->w};
    sqlite3_stmt *names = NULL;
    int code = sqlite3_prepare_v2(d->db, query, -1, &names, NULL);
    *first = NULL;
    *count = 0;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(names);
        if (code != SQLITE_ROW)
            break;
        const char *name = (const char *)sqlite3_column_text(names, 0);
        if (++*count == 1)
            *first = plm_arena_text(d->f->arena, name ? name : "", SIZE_MAX);
        if (*count <= 8)
            plm_text_format(&t, "%s%.40s", *count > 1 ? ", " : "", name ? name : "");
    }
    sqlite3_finalize(names);
    *list = t.failed ? NULL : plm_arena_text(d->f->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    if (code != SQLITE_DONE)
        return fail_sqlite(d, PLM_E_FORMAT, "check that the database is complete");
    return *list ? PLM_OK : PLM_E_MEMORY;
}

/* Fails because the table is not named or does not exist. */
static plm_status fail_table(const database *d, const char *list, int count)
{
    const char *hint = plm_arena_format(d->f->arena, "table=NAME: %.200s", list);
    if (*d->f->table)
        return plm_fail(d->f->w, PLM_E_DATA, d->f->name, hint ? hint : "",
                        "the database has no table '%.60s'", d->f->table);
    if (count == 0)
        return plm_fail(d->f->w, PLM_E_DATA, d->f->name, "use another file",
                        "the database has no tables");
    return plm_fail(d->f->w, PLM_E_DATA, d->f->name, hint ? hint : "",
                    "the database has %d tables, and none is named", count);
}

/* True if the database has a table or view of this name. */
static bool has_table(database *d, const char *name)
{
    sqlite3_stmt *found = NULL;
    int code = sqlite3_prepare_v2(d->db,
                                  "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND "
                                  "name = ?1 COLLATE NOCASE",
                                  -1, &found, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(found, 1, name, -1, SQLITE_STATIC);
    const bool there = code == SQLITE_OK && sqlite3_step(found) == SQLITE_ROW;
    sqlite3_finalize(found);
    return there;
}

/* Sets *out to the query: that of the user, or a query for all rows of a table, which is the named
 * one or the only one. */
static plm_status choose_query(database *d, const char **out)
{
    const plm_table_file *f = d->f;
    const char *name = NULL, *list = NULL;
    int count = 0;
    *out = f->query;
    if (*f->query && *f->table)
        return plm_fail(f->w, PLM_E_SPEC, f->name, "remove one of them",
                        "both a table and a query are set");
    if (*f->query)
        return PLM_OK;
    PLM_TRY(list_tables(d, &list, &name, &count));
    if (*f->table ? !has_table(d, f->table) : count != 1)
        return fail_table(d, list, count);
    char *text = sqlite3_mprintf("SELECT * FROM \"%w\"", *f->table ? f->table : name);
    *out = text ? plm_arena_text(f->arena, text, SIZE_MAX) : NULL;
    sqlite3_free(text);
    return *out ? PLM_OK : PLM_E_MEMORY;
}

/* Prepares the query, which must be a single statement that changes nothing. */
static plm_status prepare(database *d)
{
    const char *query = NULL, *rest = NULL;
    PLM_TRY(choose_query(d, &query));
    if (sqlite3_prepare_v2(d->db, query, -1, &d->rows, &rest) != SQLITE_OK)
        return fail_sqlite(d, PLM_E_SPEC, "query='select a, b, y from t where a > 0'");
    if (d->rows == NULL || sqlite3_column_count(d->rows) < 1 || !sqlite3_stmt_readonly(d->rows) ||
        rest[strspn(rest, " \t\r\n;")] != '\0')
        return plm_fail(d->f->w, PLM_E_SPEC, d->f->name,
                        "query='select a, b, y from t where a > 0'",
                        "the query is not a single statement that selects rows");
    return PLM_OK;
}

/* ---- rows ---- */

/* Keeps the names of the columns. */
static plm_status name_columns(database *d)
{
    plm_table_file *f = d->f;
    f->columns = (size_t)sqlite3_column_count(d->rows);
    if (f->columns > f->most_cells)
        return plm_fail(f->w, PLM_E_DATA, f->name, "table(..., max_columns=N) allows more",
                        "the query has %zu columns, the limit is %zu", f->columns, f->most_cells);
    f->title = plm_arena_array(f->arena, f->columns + 1, sizeof *f->title);
    for (size_t i = 0; f->title && i < f->columns; i++) {
        const char *name = sqlite3_column_name(d->rows, (int)i);
        f->title[i] = name ? plm_arena_text(f->arena, name, SIZE_MAX) : NULL;
        if (f->title[i] == NULL)
            return PLM_E_MEMORY;
    }
    return f->title ? PLM_OK : PLM_E_MEMORY;
}

/* Fails for a cell that is no text. */
static plm_status fail_cell(const database *d, int64_t row, int column, const char *what)
{
    return plm_fail(d->f->w, PLM_E_DATA, d->f->name, "select other columns: query='select ...'",
                    "row %lld, column '%.60s': the cell %s", (long long)row, d->f->title[column],
                    what);
}

/* Adds a text as a cell. */
static plm_status add_text(database *d, int64_t row, int column)
{
    const char *text = (const char *)sqlite3_column_text(d->rows, column);
    if (text == NULL)
        return PLM_E_MEMORY;
    const size_t n = strlen(text);
    if (n != (size_t)sqlite3_column_bytes(d->rows, column))
        return fail_cell(d, row, column, "has a zero byte");
    plm_table_texts_add(&d->texts, text, n);
    return PLM_OK;
}

/* Adds a cell. */
static plm_status add_cell(database *d, int64_t row, int column)
{
    switch (sqlite3_column_type(d->rows, column)) {
    case SQLITE_TEXT:
        return add_text(d, row, column);
    case SQLITE_BLOB:
        return fail_cell(d, row, column, "holds bytes (BLOB), not a number or a text");
    case SQLITE_FLOAT:
        plm_table_texts_add_real(&d->texts, sqlite3_column_double(d->rows, column));
        return PLM_OK;
    case SQLITE_INTEGER:
        plm_table_texts_add_whole(&d->texts, (long long)sqlite3_column_int64(d->rows, column));
        return PLM_OK;
    default:
        plm_table_texts_add(&d->texts, "", 0);
        return PLM_OK;
    }
}

/* Reads all rows. */
static plm_status read_rows(database *d)
{
    int code = SQLITE_ROW;
    PLM_TRY(name_columns(d));
    PLM_TRY(plm_table_texts_open(&d->texts, d->f));
    for (int64_t row = 1; (code = sqlite3_step(d->rows)) == SQLITE_ROW; row++) {
        plm_table_texts_begin(&d->texts);
        for (int i = 0; i < (int)d->f->columns; i++)
            PLM_TRY(add_cell(d, row, i));
        PLM_TRY(plm_table_texts_end(&d->texts, row));
    }
    return code == SQLITE_DONE ? plm_store_flush(d->f->store)
                               : fail_sqlite(d, PLM_E_DATA, "check the database and the query");
}

/* Opens the database for reading only. Even a failed open may return a handle, which must be
 * closed. */
plm_status plm_table_file_sqlite(plm_table_file *f)
{
    database d = {.f = f, .texts = {.f = f}};
    plm_status status = PLM_OK;
    if (sqlite3_open_v2(f->path, &d.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        status = d.db ? fail_sqlite(&d, PLM_E_IO, "check the name and the permissions of the file")
                      : plm_fail_memory(f->w, f->name);
    status = status < 0 ? status : prepare(&d);
    status = status < 0 ? status : read_rows(&d);
    plm_table_texts_close(&d.texts);
    sqlite3_finalize(d.rows);
    sqlite3_close(d.db);
    return status;
}

#else

/* Fails: this build lacks SQLite. The error says how the table can be read nevertheless. */
plm_status plm_table_file_sqlite(plm_table_file *f)
{
    return plm_fail(f->w, PLM_E_UNSUPPORTED, f->name,
                    "build plummet with libsqlite3 (Debian: libsqlite3-dev), or write the table as "
                    "CSV: sqlite3 -header -csv FILE 'select * from T' > t.csv",
                    "the file is an SQLite database, which this build cannot read");
}

#endif
