/* The delimiter between the cells of a table, by name or found out. */
#include <string.h>

#include "data/cells.h"

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
                        "say delimiter=';', tab, space, comma, semicolon or auto",
                        "'%s' is no delimiter", given);
    c->delimiter = *given;
    return PLM_OK;
}
