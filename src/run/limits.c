/* Reads the keys of a run file whose values need their own parser: time and class_weight. */
#include <string.h>

#include "base/notation.h"
#include "base/split.h"
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

/* Reads the key class_weight. out [capacity]: a weight for each class, from class 0 on. */
plm_status plm_run_settings_class_weight(plm_settings *s, float *out, int capacity, int *count)
{
    const plm_setting *given = plm_setting_of(s, "class_weight");
    *count = given ? (int)given->count : 0;
    if (*count == 1 && !strcmp(given->item[0].text, "balanced")) {
        *count = 0;
        return PLM_OK;
    }
    for (int i = 0; i < *count; i++) {
        const char *text = given->item[i].text;
        double value = 0;
        if (i >= capacity || !plm_read_real(text, &value) || !(value >= 0 && value < 1e30))
            return plm_setting_fail(s, "class_weight", i,
                                    "write balanced, or a list with a weight of 0 or more for each "
                                    "class, for at most 4096 classes",
                                    "class_weight cannot be '%s'", text);
        out[i] = (float)value;
    }
    return PLM_OK;
}
