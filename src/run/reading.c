/* Writes the keys about the file of a table as arguments of its spec. */
#include "run/reading.h"

#include "base/spec.h"
#include "base/split.h"

const char *const plm_reading_keys[] = {"skip",   "header",     "delimiter", "encoding",
                                        "quotes", "comments",   "table",     "query",
                                        "memory", "max_memory", "spill",     NULL};

/* Texts are quoted unless they are quoted, a list or a number already. */
void plm_reading_add_argument(plm_text *t, const char *key, const char *value)
{
    int64_t number = 0;
    plm_text_format(t, ", %s=", key);
    if (value[0] == '[' || value[0] == '\'' || plm_read_whole(value, &number))
        plm_text_add(t, value);
    else
        plm_spec_quote(t, value);
}

/* The order is that of the table, so that the same settings give the same text. */
void plm_reading_add(plm_text *t, plm_settings *s)
{
    for (int i = 0; plm_reading_keys[i]; i++)
        if (plm_setting_text(s, plm_reading_keys[i]))
            plm_reading_add_argument(t, plm_reading_keys[i],
                                     plm_setting_text(s, plm_reading_keys[i]));
}
