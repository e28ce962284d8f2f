/* Writes the keys that say how a table file is read as arguments of a spec. */
#include "run/reading.h"

#include "base/spec.h"
#include "base/split.h"

const char *const plm_reading_keys[] = {"skip",   "header",     "delimiter", "encoding",
                                        "quotes", "comments",   "table",     "query",
                                        "memory", "max_memory", "spill",     NULL};

/* Appends an argument. A text is put in quotes, unless it is quoted already, a list or a number. */
void plm_reading_add_argument(plm_text *t, const char *key, const char *value)
{
    int64_t number = 0;
    plm_text_format(t, ", %s=", key);
    if (value[0] == '[' || value[0] == '\'' || plm_read_whole(value, &number))
        plm_text_add(t, value);
    else
        plm_spec_quote(t, value);
}

/* Appends all keys in the order of their table, so that the same settings give the same text. */
void plm_reading_add(plm_text *t, plm_settings *s)
{
    for (int i = 0; plm_reading_keys[i]; i++)
        if (plm_setting_text(s, plm_reading_keys[i]))
            plm_reading_add_argument(t, plm_reading_keys[i],
                                     plm_setting_text(s, plm_reading_keys[i]));
}
