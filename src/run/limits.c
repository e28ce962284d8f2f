/* Reads the key time of a run file. */
#include <string.h>

#include "base/notation.h"
#include "run/runfile.h"

/* Returns the number of seconds in a unit of time: "", "s", "m" or "h"; 0 = the text is not such a
 * unit. */
static double unit_of(const char *text)
{
    if (!strcmp(text, "m") || !strcmp(text, "min"))
        return 60;
    if (!strcmp(text, "h"))
        return 3600;
    return !*text || !strcmp(text, "s") ? 1 : 0;
}

/* A number without a unit is in seconds. */
plm_status plm_run_settings_time(plm_settings *s, double *seconds)
{
    const char *text = plm_setting_text(s, "time"), *end = text;
    *seconds = 0;
    if (!text)
        return PLM_OK;
    *seconds = plm_text_number(text, &end) * (end > text ? unit_of(end) : 0);
    if (*seconds > 0 && *seconds < 1e9)
        return PLM_OK;
    return plm_setting_fail(s, "time", 0, "write a number followed by s, m or h: 90s, 10m, 2h",
                            "time cannot be '%s'", text);
}
