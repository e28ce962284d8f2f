/* Reads the keys of a run file that are numbers in words of their own: time and class_weight, and
 * counts the classes for balanced weights. */
#include <string.h>

#include "base/notation.h"
#include "base/split.h"
#include "data/data.h"
#include "run/training.h"

/* Returns the seconds of a unit behind a number: "", "s", "m" or "h"; 0 = it is none. */
static double unit_of(const char *text)
{
    if (!strcmp(text, "m") || !strcmp(text, "min"))
        return 60;
    if (!strcmp(text, "h"))
        return 3600;
    return !*text || !strcmp(text, "s") ? 1 : 0;
}

plm_status plm_run_settings_time(plm_settings *s, double *seconds)
{
    const char *text = plm_setting_text(s, "time"), *end = text;
    *seconds = 0;
    if (!text)
        return PLM_OK;
    *seconds = plm_text_number(text, &end) * (end > text ? unit_of(end) : 0);
    if (*seconds > 0 && *seconds < 1e9)
        return PLM_OK;
    return plm_setting_fail(s, "time", 0, "a number and s, m or h: 90s, 10m, 2h",
                            "time cannot be '%s'", text);
}

/* out [capacity]: a weight for each class, from class 0 on. */
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
                                    "balanced, or a number of 0 or more for each class, at most "
                                    "4096",
                                    "class_weight cannot be '%s'", text);
        out[i] = (float)value;
    }
    return PLM_OK;
}

/* Counts the rows of each class, in `out`, over the stream. *rows: all of them. */
static plm_status count_classes(const plm_data *d, float *out, int64_t *rows)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs];
    for (int64_t i = 0; i < d->last - d->first; i++, ++*rows) {
        const int64_t row = plm_data_row_at(d, i);
        float label = 0;
        plm_element_gather(NULL, t->element, &label, t->rows, 1, &row, 1);
        if (!(label >= 0 && label < PLM_RUN_MAX_CLASSES))
            return PLM_E_DATA;
        out[(int)label]++;
    }
    return PLM_OK;
}

/* True if the first target of a stream has classes that can be counted. */
static bool has_classes(const plm_data *d, int64_t classes)
{
    const plm_source *s = d->source;
    return s->targets > 0 && s->table[s->inputs].width == 1 && s->table[s->inputs].rows &&
           classes > 1 && classes <= PLM_RUN_MAX_CLASSES;
}

/* Turns the numbers of rows of the classes into their weights. rows: all of them. */
static void weigh(float *weight, int64_t classes, int64_t rows)
{
    int64_t present = 0;
    for (int64_t c = 0; c < classes; c++)
        present += weight[c] > 0;
    for (int64_t c = 0; c < classes; c++)
        if (weight[c] > 0)
            weight[c] = (float)((double)rows / ((double)present * (double)weight[c]));
}

plm_status plm_run_balance(plm_run_training *t)
{
    const plm_setting *given = plm_setting_of(&t->settings, "class_weight");
    const plm_data *d = t->job.data;
    int64_t rows = 0;
    if (!given || given->count != 1 || strcmp(given->item[0].text, "balanced") != 0)
        return PLM_OK;
    const int64_t classes = plm_data_count_classes(d);
    if (!has_classes(d, classes) || count_classes(d, t->class_weight, &rows) < 0)
        return plm_setting_fail(&t->settings, "class_weight", 0,
                                "give a number for each class, or leave it out",
                                "the classes cannot be counted: the target has no class numbers in "
                                "memory");
    weigh(t->class_weight, classes, rows);
    t->classes = (int)classes;
    return PLM_OK;
}
