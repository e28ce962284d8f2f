/* Learning rate factors of single parameters, such as all biases. The factors are a setting of the
 * model, a text "PATTERNS=FACTOR; PATTERNS=FACTOR", since the parameters are known only when the
 * model is built. The learning rate of a parameter is multiplied by the factor of every entry that
 * matches the parameter's name, and by the factor of its layer. */
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "model/model.h"

/* One entry of the setting. Its patterns do not end with NUL; `length` is theirs, in bytes. */
typedef struct {
    const char *patterns; /* names of layers, separated by | */
    size_t length;        /* of the patterns */
    double factor;        /* the learning rate of all matching parameters is multiplied by this */
} entry;

/* Reads the entry at *at, and sets *at to the entry after it. Returns false at the end of the
 * text. */
static bool next_entry(const char **at, entry *out)
{
    const char *text = *at, *end = NULL;
    const size_t length = strcspn(text, ";");
    size_t equals = length;
    if (length == 0)
        return false;
    while (equals > 0 && text[equals - 1] != '=')
        equals--;
    *out = (entry){.patterns = text,
                   .length = equals > 0 ? equals - 1 : length,
                   .factor = plm_text_number(text + equals, &end)};
    *at = text + length + strspn(text + length, "; ");
    return true;
}

/* Changes the text of the setting: removes the entry for these patterns and appends one with the
 * new factor. A factor of 1 only removes the entry. */
static plm_status put_entry(plm_model *m, const char *patterns, double factor, plm_text *t)
{
    entry e;
    char number[32];
    for (const char *at = m->setting[PLM_SETTING_FACTORS]; next_entry(&at, &e);) {
        if (strlen(patterns) == e.length && memcmp(patterns, e.patterns, e.length) == 0)
            continue;
        plm_text_from_number(e.factor, number, sizeof number);
        plm_text_format(t, "%s%.*s=%s", t->length > 0 ? "; " : "", (int)e.length, e.patterns,
                        number);
    }
    plm_text_from_number(factor, number, sizeof number);
    if (factor < 1 || factor > 1)
        plm_text_format(t, "%s%s=%s", t->length > 0 ? "; " : "", patterns, number);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Sets the learning rate factor of the parameters whose names match, by an entry in the setting. It
 * takes effect when the model is compiled next. */
plm_status plm_model_add_factor(plm_model *m, const char *patterns, double factor)
{
    plm_text t = {.w = m->w};
    if (strchr(patterns, ';') != NULL)
        return plm_fail(m->w, PLM_E_SPEC, "plm_model_set_learning_rate_factor",
                        "separate patterns by '|': \"*/bias|*/gamma\"", "'%s' has a semicolon",
                        patterns);
    const plm_status status = put_entry(m, patterns, factor, &t);
    const char *text = status >= 0 ? plm_arena_text(&m->arena, plm_text_get(&t), SIZE_MAX) : NULL;
    plm_text_free(&t);
    if (text == NULL)
        return PLM_E_MEMORY;
    m->setting[PLM_SETTING_FACTORS] = text;
    m->compiled = false;
    return PLM_OK;
}

/* Fails because no parameter matches; the hint lists the parameters. */
static plm_status no_match(plm_model *m, const char *patterns)
{
    plm_text names = {.w = m->w};
    plm_text_add(&names, "its parameters: ");
    for (size_t i = 0; i < m->graph.weights && names.length < PLM_HINT_CAPACITY - 80; i++)
        plm_text_format(&names, "%s%s", i > 0 ? ", " : "", m->graph.weight[i].name);
    const plm_status status =
        plm_fail_key(m->w, PLM_E_SPEC, "learning_rate_factors", plm_text_get(&names),
                     "no parameter's name matches '%s'", patterns);
    plm_text_free(&names);
    return status;
}

/* Applies the setting of learning rate factors to a built graph: multiplies the factor of every
 * parameter whose name matches a pattern by the factor given for that pattern. A pattern that
 * matches nothing is an error, since it is mostly a mistake, such as the name of a layer that was
 * renamed. */
plm_status plm_model_apply_factors(plm_model *m)
{
    entry e;
    for (const char *at = m->setting[PLM_SETTING_FACTORS]; next_entry(&at, &e);) {
        const char *patterns = plm_arena_text(&m->built, e.patterns, e.length);
        int matches = 0;
        if (patterns == NULL)
            return PLM_E_MEMORY;
        /* only a model file that was edited by hand can have an invalid factor */
        if (!(e.factor >= 0 && e.factor <= 1e6))
            return plm_fail_key(m->w, PLM_E_SPEC, "learning_rate_factors",
                                "give a number from 0 to 1000000, such as 0.1",
                                "'%s' has no valid factor", patterns);
        for (size_t i = 0; i < m->graph.weights; i++) {
            plm_weight *weight = &m->graph.weight[i];
            if (!plm_pattern_matches(patterns, weight->name) &&
                !plm_pattern_matches(patterns, weight->layer))
                continue;
            weight->learning_rate_factor *= e.factor;
            matches++;
        }
        if (matches == 0)
            return no_match(m, patterns);
    }
    return PLM_OK;
}
