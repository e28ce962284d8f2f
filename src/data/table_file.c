/* Opens a table's file, detects whether it is separated text, JSON lines, numpy arrays or a
 * database, and reads it. */
#include "data/table_file.h"

#include <string.h>

#include "base/split.h"

/* Sets the encoding as it is given. */
static plm_status set_encoding(plm_table_file *f)
{
    if (plm_encoding_find(f->encoding, &f->records.decoder.encoding))
        return PLM_OK;
    return plm_fail(f->w, PLM_E_SPEC, f->name,
                    "auto, utf-8, windows-1252, latin-1, utf-16le or utf-16be",
                    "'%.40s' is not the name of an encoding", f->encoding);
}

/* Warns if the text is read as Windows-1252 although the user has set no encoding. For a model that
 * was trained, the warning about unknown words is enough. */
static void warn_encoding(const plm_table_file *f)
{
    if (!f->known && strcmp(f->encoding, "auto") == 0 &&
        f->records.decoder.encoding == PLM_ENCODING_1252)
        plm_warn(f->w,
                 "%.100s: the text is not UTF-8 and is read as Windows-1252 (Latin-1); set "
                 "encoding='windows-1252' to avoid this warning",
                 f->name);
}

/* Reads the head, then the rows. */
static plm_status read_text(plm_table_file *f)
{
    PLM_TRY(plm_table_file_head(f));
    f->store->delimiter = f->records.delimiter;
    PLM_TRY(plm_table_file_columns(f));
    return plm_table_file_rows(f);
}

/* Fails if a table or a query is set, but the file is not a database. */
static plm_status refuse_query(const plm_table_file *f)
{
    if (!*f->table && !*f->query)
        return PLM_OK;
    return plm_fail(f->w, PLM_E_SPEC, f->name, "remove this key, or use an SQLite database",
                    "%s is only for a database, but the file is not a database",
                    *f->table ? "table" : "query");
}

/* True if the name of the file is that of JSON, such as a.json or a.jsonl.gz. */
static bool is_called_json(const char *name)
{
    static const char *const endings[] = {".json", ".jsonl", ".ndjson"};
    size_t n = strlen(name);
    n -= plm_ends_with(name, ".gz") ? 3 : 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t length = strlen(endings[i]);
        if (n > length && strncmp(name + n - length, endings[i], length) == 0)
            return true;
    }
    return false;
}

/* Examines the beginning of the text, then reads the whole file. */
static plm_status read_characters(plm_table_file *f)
{
    const char *text = NULL;
    size_t n = 0;
    PLM_TRY(set_encoding(f));
    PLM_TRY(plm_records_open(&f->records));
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    const bool json = is_called_json(f->name) || plm_table_is_json(text, n);
    PLM_TRY(json ? plm_table_file_json(f) : read_text(f));
    warn_encoding(f);
    return PLM_OK;
}

/* Reads a file. Its format is detected from its first bytes. */
static plm_status read_any(plm_table_file *f)
{
    char head[16] = "";
    size_t got = 0;
    PLM_TRY(plm_reader_read(f->records.reader, head, sizeof head, &got));
    if (got == sizeof head && memcmp(head, "SQLite format 3", sizeof head) == 0) {
        PLM_TRY(plm_table_file_sqlite(f));
    } else {
        const bool array = got == sizeof head && memcmp(head, "\x93NUMPY", 6) == 0;
        const bool archive = got == sizeof head && memcmp(head, "PK\3\4", 4) == 0;
        PLM_TRY(refuse_query(f));
        PLM_TRY(array || archive ? plm_table_file_npy(f, archive) : read_characters(f));
    }
    if (f->store->rows > 0)
        return PLM_OK;
    return plm_fail(f->w, PLM_E_DATA, f->name, "use a file with at least one row",
                    "the file has no rows after the header");
}

/* Reads a file. May be called again for the same file: all facts about it are then determined
 * again. */
plm_status plm_table_file_read(plm_table_file *f)
{
    f->title = NULL;
    f->separator = 0;
    f->records = (plm_records){.w = f->w,
                               .path = f->name,
                               .isa = f->w->options.isa,
                               .delimiter = ',',
                               .quotes = strcmp(f->quotes, "false") != 0,
                               .most_cells = f->most_cells,
                               .most_bytes = f->most_bytes};
    PLM_TRY(plm_reader_open(f->w, f->path, &f->records.reader));
    const plm_status status = read_any(f);
    plm_records_close(&f->records);
    return status;
}
