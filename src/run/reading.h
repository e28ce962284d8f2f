/* The keys that say how a table file is read. If a table is given instead of a run file, they
 * become arguments of table(...). The commands predict and evaluate have the same keys for their
 * tables. */
#ifndef PLM_RUN_READING_H
#define PLM_RUN_READING_H

#include "base/text.h"
#include "run/settings.h"

#define PLM_READING_SKIP                                                                           \
    ": number of lines to skip at the top; default: title lines are detected and skipped"
#define PLM_READING_HEADER ": whether the first line has the names of the columns"
#define PLM_READING_DELIMITER ": the character between cells"
#define PLM_READING_ENCODING ": utf-8, windows-1252, latin-1, utf-16le or utf-16be"
#define PLM_READING_QUOTES                                                                         \
    ": false = quotes are ordinary characters; true = quoted cells may contain line breaks"
#define PLM_READING_COMMENTS ": whether lines that begin with # are skipped"
#define PLM_READING_TABLE                                                                          \
    ": for an SQLite database, the name of the table to read; default: its only table"
#define PLM_READING_QUERY                                                                          \
    ": for an SQLite database, a query 'select ...', whose result rows are read"

/* A row for a text. */
#define PLM_READING_TEXT(key, values, help) {key, PLM_SETTING_TEXT, values, help, 0, 0}
/* Rows for the tables of keys of commands. whose: how each help text begins, such as "only if a
 * table is given instead of a run file". */
#define PLM_READING_KEYS(whose)                                                                    \
    {"skip", PLM_SETTING_COUNT, "N", whose PLM_READING_SKIP, 0, 1000000},                          \
        PLM_READING_TEXT("header", "true|false", whose PLM_READING_HEADER),                        \
        PLM_READING_TEXT("delimiter", "SIGN", whose PLM_READING_DELIMITER),                        \
        PLM_READING_TEXT("encoding", "NAME", whose PLM_READING_ENCODING),                          \
        PLM_READING_TEXT("quotes", "true|false", whose PLM_READING_QUOTES),                        \
        PLM_READING_TEXT("comments", "true|false", whose PLM_READING_COMMENTS),                    \
        PLM_READING_TEXT("table", "NAME", whose PLM_READING_TABLE),                                \
        PLM_READING_TEXT("query", "SELECT", whose PLM_READING_QUERY)

/* The names of these keys, ended by NULL. */
extern const char *const plm_reading_keys[];
/* Appends the keys that are set as arguments of a spec: ", skip=1, header='true'". */
void plm_reading_add(plm_text *t, plm_settings *s);
/* Appends one argument, ", key=value". Lists, numbers and quoted texts are not changed; other texts
 * are put in quotes. */
void plm_reading_add_argument(plm_text *t, const char *key, const char *value);

#endif
