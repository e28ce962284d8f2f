/* Reads the keys of a run file whose values need their own parser: time and class_weight. */
#include <string.h>

#include "base/notation.h"
#include "base/spec.h"
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

/* The weights of classes while they are read: out [capacity], of which `count` are given. twice: a
 * class that a dictionary names twice; -1 = none. */
typedef struct {
    float *out;
    int capacity, count, twice;
} weights;

/* In a dictionary that is being read: the class is not named yet. */
enum { NOT_NAMED = -1 };

/* Stores the weight of a class, which the dictionary may not have named before. */
static void name_class(weights *w, int class, double value)
{
    while (w->count <= class)
        w->out[w->count++] = NOT_NAMED;
    if (w->out[class] >= 0)
        w->twice = class;
    w->out[class] = (float)value;
}

/* Reads the entries of a dictionary. Returns false if the text is not such a dictionary. */
static bool read_entries(weights *w, const char *text)
{
    const char *end = text;
    do {
        const double class = plm_text_number(text + 1, &end);
        const char *at = end + strspn(end, " ");
        if (end == text + 1 || !(class >= 0 && class < w->capacity) || *at != ':')
            return false;
        const int number = (int)class;
        at++;
        const double value = plm_text_number(at + strspn(at, " "), &end);
        if (number != class || end == at + strspn(at, " ") || !(value >= 0 && value < 1e30))
            return false;
        name_class(w, number, value);
        text = end + strspn(end, " ");
    } while (*text == ',');
    return *text == '}' && text[1 + strspn(text + 1, " ")] == '\0';
}

/* Reads the dictionary of Keras, {0: 1.0, 1: 9.0}. A class below the largest that it leaves out has
 * the weight 1. */
static bool read_dictionary(weights *w, const char *text)
{
    if (!read_entries(w, text))
        return false;
    for (int i = 0; i < w->count; i++)
        if (w->out[i] < 0)
            w->out[i] = 1;
    return w->twice < 0;
}

/* Fails on class weights that cannot be read. text: item i of the setting. */
static plm_status fail_weights(plm_settings *s, const weights *w, int i, const char *text)
{
    if (w->twice >= 0)
        return plm_setting_fail(s, "class_weight", i, "give each class one weight",
                                "class_weight names class %d twice: '%s'", w->twice, text);
    return plm_setting_fail(s, "class_weight", i,
                            "write balanced, or a list with a weight of 0 or more for each "
                            "class, for at most 4096 classes",
                            "class_weight cannot be '%s'", text);
}

/* Appends the weight in a number, a list such as [1] * 9 + [5], or a dictionary. Returns false if
 * the text is none of these. */
static bool read_weights(plm_settings *s, weights *w, const char *text)
{
    const plm_spec *list = NULL;
    double value = 0;
    if (*text == '{' && w->count == 0)
        return read_dictionary(w, text);
    if (*text != '[') {
        if (w->count == w->capacity || !plm_read_real(text, &value) ||
            !(value >= 0 && value < 1e30))
            return false;
        w->out[w->count++] = (float)value;
        return true;
    }
    if (plm_spec_parse(&s->arena, text, &list) < 0)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const plm_spec *item = list->argument[i].value;
        if (item->type != PLM_SPEC_NUMBER || !read_weights(s, w, item->text))
            return false;
    }
    return true;
}

/* Reads the key class_weight. out [capacity]: a weight for each class, from class 0 on. */
plm_status plm_run_settings_class_weight(plm_settings *s, float *out, int capacity, int *count)
{
    const plm_setting *given = plm_setting_of(s, "class_weight");
    weights w = {.out = out, .capacity = capacity, .twice = -1};
    *count = 0;
    if (!given || (given->count == 1 && !strcmp(given->item[0].text, "balanced")))
        return PLM_OK;
    for (int i = 0; i < (int)given->count; i++)
        if (!read_weights(s, &w, given->item[i].text))
            return fail_weights(s, &w, i, given->item[i].text);
    *count = w.count;
    return PLM_OK;
}
