/* Advice for a key that the settings do not have. People often write an argument of an optimizer or
 * an observer as a key of the run, so the kinds are searched for it. */
#include <string.h>

#include "base/kinds.h"
#include "base/names.h"
#include "run/settings.h"

bool plm_setting_known(const plm_setting_key *keys, const char *name)
{
    for (const plm_setting_key *k = keys; k && k->name; k++)
        if (!strcmp(k->name, name))
            return true;
    return false;
}

/* The families whose kinds are written in a run file, and the key in which they are. The first
 * family that has the argument counts. */
static const char *const places[][2] = {
    {"optimizer", "optimizer"}, {"observer", "observers"}, {"layer", "model"},
    {"loss", "loss"},           {"source", "data"},        {"transform", "data"},
    {"metric", "metrics"},      {"schedule", "optimizer"}, {"pretraining", "pretraining"}};

/* True if a table of fields has this key. */
static bool has_field(const plm_field *field, const char *key)
{
    for (; field != NULL && field->name != NULL; field++)
        if (strcmp(field->name, key) == 0)
            return true;
    return false;
}

/* Adds that the key is the name of a kind, or an argument of kinds. False = it is neither. */
static bool add_place_in(const plm_family *family, const char *place, plm_text *hint,
                         const char *key)
{
    const plm_kind *first = NULL;
    int count = 0;
    for (const plm_kind *const *k = family->kinds; *k != NULL; k++) {
        if (plm_kind_named(*k, key)) {
            plm_text_format(hint, "write %s in the key %s", key, place);
            return true;
        }
        if (!has_field((*k)->fields, key))
            continue;
        first = first != NULL ? first : *k;
        count++;
    }
    if (first != NULL)
        plm_text_format(hint, "%s is an argument of %s%s, in the key %s", key, first->name,
                        count > 1 ? " and others" : "", place);
    else if (has_field(family->common, key))
        plm_text_format(hint, "%s is an argument of every %s, in the key %s", key, family->name,
                        place);
    return first != NULL || has_field(family->common, key);
}

/* Adds where in a run file a word belongs; false = it is unknown there, too. */
static bool add_place(const plm_settings *s, plm_text *hint, const char *key)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const plm_family *family = plm_family_find(s->w, places[i][0]);
        if (family != NULL && add_place_in(family, places[i][1], hint, key))
            return true;
    }
    return false;
}

/* The hint is where the key belongs, the most similar key, or the list of keys as far as it fits.
 * ENDING: bytes for ", ..." at the end of a list that is cut off. */
void plm_setting_advise(const plm_settings *s, plm_text *hint, const char *key)
{
    enum { MOST_KEYS = 64, ENDING = 8 };
    const char *names[MOST_KEYS] = {NULL};
    if (plm_setting_known(s->keys, "model") && add_place(s, hint, key))
        return;
    const int count = s->count < MOST_KEYS ? s->count : MOST_KEYS;
    for (int i = 0; i < count; i++)
        names[i] = s->keys[i].name;
    const char *near = plm_name_nearest(key, names, (size_t)count);
    if (near) {
        plm_text_format(hint, "did you mean %s?", near);
        return;
    }
    plm_text_add(hint, "known keys:");
    for (int i = 0; i < count; i++) {
        const bool fits = hint->length + strlen(names[i]) + ENDING < PLM_HINT_CAPACITY;
        plm_text_format(hint, "%s %s", i ? "," : "", fits ? names[i] : "...");
        if (!fits)
            break;
    }
}
