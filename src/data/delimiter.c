/* Sets the delimiter between the cells of a table: by name, or detected. */
#include <string.h>

#include "data/cells.h"

/* The delimiters from which plm_cells_guess chooses; if several are equally frequent, it chooses
 * the first of them. */
enum { CANDIDATES = 4 };
static const char candidates[CANDIDATES] = {'\t', ';', '|', ','};

/* True for LF, CR and the end of the file. */
static bool ends_line(int byte)
{
    return byte == PLM_CELLS_END || byte == '\n' || byte == '\r';
}

/* Counts how often each candidate occurs outside quotes in the first line that is not blank, but
 * reads at most most_bytes bytes. */
static plm_status count_candidates(plm_cells *c, size_t count[CANDIDATES])
{
    size_t left = c->most_bytes > 0 ? c->most_bytes : SIZE_MAX;
    bool quoted = false, begun = false;
    int byte = PLM_CELLS_END;
    PLM_TRY(plm_cells_peek(c, &byte));
    while (left-- > 0 && byte != PLM_CELLS_END && (quoted || !ends_line(byte) || !begun)) {
        quoted ^= byte == '"';
        begun |= !ends_line(byte) && byte != ' ' && byte != '\t';
        for (size_t k = 0; k < CANDIDATES && !quoted; k++)
            count[k] += byte == candidates[k];
        plm_cells_take(c);
        PLM_TRY(plm_cells_peek(c, &byte));
    }
    return PLM_OK;
}

/* Guesses the delimiter from the first line that is not blank, then goes back to the first line. If
 * the line has none of the candidates, blanks are the delimiter. */
plm_status plm_cells_guess(plm_cells *c, char *out)
{
    size_t count[CANDIDATES] = {0}, best = 0;
    PLM_TRY(count_candidates(c, count));
    PLM_TRY(plm_cells_rewind(c));
    for (size_t k = 1; k < CANDIDATES; k++)
        if (count[k] > count[best])
            best = k;
    *out = count[best] > 0 ? candidates[best] : ' ';
    return PLM_OK;
}

/* Sets the delimiter: a character, the name of one, or for "auto" a guess. A quote or a line end
 * cannot separate cells, since both have another meaning. */
plm_status plm_cells_delimiter(plm_cells *c, const char *where, const char *given)
{
    static const char *const names[][2] = {{"tab", "\t"},  {"\\t", "\t"},      {"space", " "},
                                           {"comma", ","}, {"semicolon", ";"}, {"pipe", "|"}};
    if (strcmp(given, "auto") == 0)
        return plm_cells_guess(c, &c->delimiter);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(given, names[i][0]) == 0)
            given = names[i][1];
    if (strlen(given) != 1 || strchr("\"\r\n", *given))
        return plm_fail(c->w, PLM_E_SPEC, where,
                        "use delimiter=';', or one of tab, space, comma, semicolon and auto",
                        "'%s' is not a delimiter", given);
    c->delimiter = *given;
    return PLM_OK;
}
