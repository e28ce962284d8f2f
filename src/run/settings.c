/* Keeps settings by a table of keys: finds them, replaces them by key=value of the caller, and
 * checks them. The error for a wrong key or value has its place in the run file and a hint. A
 * setting keeps its values as the texts that the user wrote, with line and column. Numbers are
 * parsed when they are used, so a message can quote the user's text, and run.yaml repeats it. The
 * line is 0 for values from the command line. All memory is in the arena of the settings and is
 * freed with them. */
#include "run/settings.h"

#include <stdio.h>
#include <string.h>

#include "base/foreign.h"
#include "base/names.h"
#include "base/notation.h"
#include "base/split.h"

/* Makes empty settings for a table of keys. keys: ended by a key without a name; at[i] is the
 * setting of keys[i]. */
plm_status plm_settings_open(plm_settings *s, plm *w, const plm_setting_key *keys)
{
    *s = (plm_settings){.w = w, .arena = {.w = w}, .keys = keys};
    while (keys[s->count].name)
        s->count++;
    s->at = plm_arena_array(&s->arena, (size_t)s->count, sizeof *s->at);
    if (s->at)
        return PLM_OK;
    s->count = 0;
    return PLM_E_MEMORY;
}

/* Frees the settings with all their texts. */
void plm_settings_free(plm_settings *s)
{
    plm_arena_free(&s->arena);
    *s = (plm_settings){0};
}

/* Removes the values of a setting. Its memory is kept for new values: a search sets the same keys
 * many times, and an arena frees nothing until its end. */
static void clear(plm_setting *setting)
{
    *setting = (plm_setting){.item = setting->item, .capacity = setting->capacity};
}

/* Returns the index of a key in the table; -1 = the table does not have it. */
static int index_of(const plm_settings *s, const char *key)
{
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->keys[i].name, key))
            return i;
    return -1;
}

/* Returns the setting of a key. NULL = the table does not have the key. The table has about forty
 * keys, so a linear search is fast enough. */
plm_setting *plm_setting_of(const plm_settings *s, const char *key)
{
    const int i = index_of(s, key);
    return i < 0 ? NULL : &s->at[i];
}

/* Returns the items joined as "a, b", in the arena. NULL = no memory. */
static const char *join(plm_settings *s, const plm_setting *setting)
{
    plm_text all = {.w = s->w};
    for (size_t i = 0; i < setting->count; i++)
        plm_text_format(&all, "%s%s", i ? ", " : "", setting->item[i].text);
    const char *text = all.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&all), SIZE_MAX);
    plm_text_free(&all);
    return text;
}

/* Returns the items of a setting as one text, separated by commas; "" if there are none. Unlike
 * plm_setting_text, it does not change the items. */
const char *plm_setting_joined(plm_settings *s, const char *key)
{
    const plm_setting *setting = plm_setting_of(s, key);
    const char *text = !setting || !setting->count ? ""
                       : setting->count == 1       ? setting->item[0].text
                                                   : join(s, setting);
    return text ? text : "";
}

/* Returns the value of a setting as one text; NULL = not set. The items of a list are joined, and
 * the joined text replaces them, so single items cannot be read afterwards. If memory runs out,
 * plm_settings_sound reports it later, so that callers need not check each call. */
const char *plm_setting_text(plm_settings *s, const char *key)
{
    plm_setting *setting = plm_setting_of(s, key);
    if (!setting)
        return NULL;
    if (setting->count > 1) {
        /* The joined text is kept as the only item, since no caller reads single items after this
         * call. */
        const char *text = join(s, setting);
        if (!text) {
            s->incomplete = true;
            return setting->item[0].text;
        }
        setting->item[0].text = text;
        setting->count = 1;
    }
    return setting->count ? setting->item[0].text : NULL;
}

/* Fails if a text is incomplete because memory ran out. To be called before the texts are used. */
plm_status plm_settings_sound(const plm_settings *s, plm *w)
{
    return s->incomplete ? plm_fail_memory(w, "") : PLM_OK;
}

/* plm_settings_check has checked the value. */
bool plm_setting_truth(plm_settings *s, const char *key)
{
    const char *text = plm_setting_text(s, key);
    return text && !strcmp(text, "true");
}

/* Returns the value of a key of kind COUNT; fallback: the result if the key is not set.
 * plm_settings_check has checked the value. */
int64_t plm_setting_count(const plm_settings *s, const char *key, int64_t fallback)
{
    const plm_setting *setting = plm_setting_of(s, key);
    int64_t value = fallback;
    if (setting && setting->count && !plm_read_whole(setting->item[0].text, &value))
        return fallback;
    return value;
}

/* Sets a key that the user has not set. For values that the run needs: they appear in run.yaml like
 * values of the user. */
plm_status plm_setting_default(plm_settings *s, const char *key, const char *text)
{
    const int at = index_of(s, key);
    if (at < 0 || s->at[at].given)
        return PLM_OK;
    const plm_status status = plm_setting_add(s, at, text, 0, 0);
    s->at[at].origin = "default";
    return status;
}

/* Sets a key that the user has not set, with a comment that gives the reason in run.yaml. */
plm_status plm_setting_suggest(plm_settings *s, const char *key, const char *text,
                               const char *comment)
{
    const int at = index_of(s, key);
    if (at < 0 || s->at[at].given)
        return PLM_OK;
    const plm_status status = plm_setting_add(s, at, text, 0, 0);
    s->at[at].comment = comment;
    s->at[at].origin = "chosen";
    return status;
}

/* Removes the value of a key, which may be set again afterwards. A key that is not in the table is
 * ignored. */
void plm_setting_drop(plm_settings *s, const char *key)
{
    plm_setting *setting = plm_setting_of(s, key);
    if (setting)
        *setting = (plm_setting){.given = false};
}

/* Returns the text of a place, see plm_setting_at; "" = no memory. several: the list has other
 * items. */
static const char *place_of(plm_settings *s, const plm_error *at, int column, bool several)
{
    char number[16] = "";
    if (at->item >= 0 && several)
        snprintf(number, sizeof number, ".%d", at->item);
    const char *text = *at->file ? plm_arena_format(&s->arena, "%s:%d:%d, %s%s", at->file,
                                                    (int)at->line, column, at->key, number)
                                 : plm_arena_format(&s->arena, "%s%s", at->key, number);
    return text ? text : "";
}

/* Returns the place of a setting: "net.yaml:5:3, model.2", or "model.2" for values from the command
 * line, which have no line. item: index in a list, from 0; -1 = the whole key. The number is left
 * out if the list has only this item, which may be no list for the user: class_weight. */
plm_error plm_setting_at(plm_settings *s, const char *key, int item)
{
    const plm_setting *setting = plm_setting_of(s, key);
    plm_error at = {.where = key, .key = key, .file = "", .item = -1, .layer = -1};
    if (!setting)
        return at;
    const bool one = item >= 0 && (size_t)item < setting->count;
    const int line = one ? setting->item[item].line : setting->line;
    const int column = one ? setting->item[item].column : setting->column;
    if (one && s->keys[setting - s->at].type == PLM_SETTING_LIST)
        at.item = item;
    at.file = line && s->file ? s->file : "";
    at.line = line;
    at.where = place_of(s, &at, column, setting->count > 1);
    return at;
}

/* For callers that need the text alone. */
const char *plm_setting_place(plm_settings *s, const char *key, int item)
{
    return plm_setting_at(s, key, item).where;
}

/* Fails at the place of a setting. The error has the place as text, and key, item, file and line as
 * members, so that a caller need not parse the text. */
plm_status plm_setting_fail(plm_settings *s, const char *key, int item, const char *hint,
                            const char *what, ...)
{
    char text[PLM_WHAT_CAPACITY];
    va_list arguments;
    va_start(arguments, what);
    plm_text_print(text, sizeof text, what, arguments);
    va_end(arguments);
    plm_error at = plm_setting_at(s, key, item);
    at.what = text;
    at.hint = hint;
    return plm_fail_again(s->w, &at, PLM_E_SPEC);
}

/* Finds the index of a key in the table. where: the place of the key, for the error. */
plm_status plm_setting_find(plm_settings *s, const char *key, const char *where, int *index)
{
    const plm_foreign_key *foreign = plm_foreign_key_find(s->w, "run file", "", key);
    plm_text hint = {.w = s->w};
    *index = index_of(s, key);
    if (*index >= 0)
        return PLM_OK;
    if (foreign && index_of(s, foreign->ours) >= 0)
        plm_text_format(&hint, "did you mean %s?", foreign->ours);
    else if (foreign && foreign->family) /* a row for all families is about arguments of kinds */
        plm_foreign_advise(&hint, foreign->library, key, foreign->ours);
    else
        plm_setting_advise(s, &hint, key);
    const plm_status status =
        plm_fail(s->w, PLM_E_SPEC, where, plm_text_get(&hint), "unknown key '%s'", key);
    plm_text_free(&hint);
    return status;
}

/* Appends an item, text[length], to a list. An empty item is ignored, so "a, " has one item. If
 * memory runs out, the list becomes empty. place: line and column of the item. */
static plm_status append(plm_settings *s, plm_setting *setting, const char *text, size_t length,
                         plm_setting_item place)
{
    if (!length)
        return PLM_OK;
    setting->item = plm_arena_grow(&s->arena, setting->item, setting->count, &setting->capacity,
                                   sizeof *setting->item);
    place.text = plm_arena_text(&s->arena, text, length);
    if (!setting->item || !place.text) {
        *setting = (plm_setting){.given = true};
        return PLM_E_MEMORY;
    }
    setting->item[setting->count++] = place;
    return PLM_OK;
}

/* Appends the items in the text to a list, or sets the text as the only value of another key,
 * replacing an earlier value. (yaml.c reports an error if a run file has a key twice.) */
plm_status plm_setting_add(plm_settings *s, int key, const char *text, int line, int column)
{
    plm_setting *setting = &s->at[key];
    const plm_setting_item place = {.line = line, .column = column};
    const char *part = text;
    size_t length = plm_trim(&part, strlen(text));
    if (s->keys[key].type != PLM_SETTING_LIST)
        clear(setting);
    setting->given = true;
    if (s->keys[key].type != PLM_SETTING_LIST)
        return append(s, setting, part, length, place);
    /* a caller may write a list as "[a, b]", or as a tuple */
    if (plm_is_enclosed(part, length)) {
        part++;
        length -= 2;
    }
    const char *rest = plm_arena_text(&s->arena, part, length);
    if (!rest)
        return PLM_E_MEMORY;
    while (plm_split_next(&rest, ',', &part, &length))
        PLM_TRY(append(s, setting, part, length, place));
    return PLM_OK;
}

/* Replaces one item of a list, as in model.2=dense(50). argument: the whole text, for errors.
 * number: the index as text, "2", counted from 0, as layers are in messages. The new item has no
 * place in the file, since it comes from the command line. */
static plm_status override_item(plm_settings *s, const char *argument, const char *key,
                                const char *number, const char *value)
{
    int at = -1;
    int64_t i = -1;
    char hint[80] = "replace the whole list: key=[...]";
    PLM_TRY(plm_setting_find(s, key, argument, &at));
    plm_setting *setting = &s->at[at];
    if (s->keys[at].type != PLM_SETTING_LIST)
        return plm_fail(s->w, PLM_E_SPEC, argument, "write key=value", "%s is not a list", key);
    if (!plm_read_whole(number, &i) || i < 0 || (size_t)i >= setting->count) {
        if (setting->count)
            snprintf(hint, sizeof hint, "%s has the items 0 to %d", key, (int)setting->count - 1);
        return plm_fail(s->w, PLM_E_SPEC, argument, hint, "%s has no item '%s'", key, number);
    }
    const size_t length = plm_trim(&value, strlen(value));
    const char *text = plm_arena_text(&s->arena, value, length);
    if (!text)
        return PLM_E_MEMORY;
    setting->item[i] = (plm_setting_item){.text = text};
    return PLM_OK;
}

/* Replaces a setting by key=value, or one item of a list by key.INDEX=value. A list is replaced as
 * a whole, not extended. The first = separates key and value, so that a value may contain more of
 * them: optimizer=sgd(momentum=0.9). */
plm_status plm_settings_override(plm_settings *s, const char *argument)
{
    const char *equals = strchr(argument, '='), *name = argument;
    int at = -1;
    if (!equals)
        return plm_fail(s->w, PLM_E_SPEC, argument, "write key=value", "there is no '=' in '%s'",
                        argument);
    const size_t length = plm_trim(&name, (size_t)(equals - argument));
    char *key = plm_arena_text(&s->arena, name, length);
    char *dot = key ? strchr(key, '.') : NULL;
    if (!key)
        return PLM_E_MEMORY;
    if (dot) {
        *dot = 0;
        return override_item(s, argument, key, dot + 1, equals + 1);
    }
    PLM_TRY(plm_setting_find(s, key, argument, &at));
    clear(&s->at[at]);
    return plm_setting_add(s, at, equals + 1, 0, 0);
}
