/* Checks the values of settings: the words and numbers of keys that take nothing else, and texts
 * key=value that set a key twice. */
#include <stdio.h>
#include <string.h>

#include "base/split.h"
#include "run/settings.h"

/* True if the text is one of the words in a list such as "true|false|repair". */
static bool is_word(const char *words, const char *text)
{
    const char *word;
    size_t length;
    while (plm_split_next(&words, '|', &word, &length))
        if (strlen(text) == length && !strncmp(word, text, length))
            return true;
    return false;
}

/* Makes the hint for a key with words: "write true, false or repair". */
static void write_words(char *hint, size_t capacity, const char *words)
{
    const char *word, *separator = "write ";
    size_t length, used = 0;
    while (plm_split_next(&words, '|', &word, &length)) {
        used +=
            (size_t)snprintf(hint + used, capacity - used, "%s%.*s", separator, (int)length, word);
        separator = words && strchr(words, '|') ? ", " : " or ";
    }
}

/* Checks a setting that is not a list: it must have one value, a WORD must be one of the words of
 * its key, and a COUNT must be a whole number in its range. Values of lists and specs are checked
 * where they are used. */
static plm_status check_key(plm_settings *s, int i)
{
    const plm_setting_key *k = &s->keys[i];
    const plm_setting *setting = &s->at[i];
    const char *text = setting->count ? setting->item[0].text : "";
    char hint[120] = "set a value, or remove the key";
    int64_t value = 0;
    bool good = setting->count == 1;
    if (k->type == PLM_SETTING_LIST || !setting->given)
        return PLM_OK;
    if (good && k->type == PLM_SETTING_COUNT) {
        snprintf(hint, sizeof hint, "write a whole number from %lld to %lld", (long long)k->low,
                 (long long)k->high);
        good = plm_read_whole(text, &value) && value >= k->low && value <= k->high;
    } else if (good && k->type == PLM_SETTING_WORD) {
        write_words(hint, sizeof hint, k->argument);
        good = is_word(k->argument, text);
    }
    if (good)
        return PLM_OK;
    return plm_setting_fail(s, k->name, 0, hint, "%s cannot be '%s'", k->name, text);
}

/* Checks all settings after the run file and the overrides have been read. */
plm_status plm_settings_check(plm_settings *s)
{
    for (int i = 0; i < s->count; i++)
        PLM_TRY(check_key(s, i));
    return PLM_OK;
}

/* Compares each text with those before it. */
int plm_settings_repeated(int count, const char *const *override)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i; k++)
            if (!strncmp(override[i], override[k], strcspn(override[i], "=") + 1))
                return i;
    return -1;
}
