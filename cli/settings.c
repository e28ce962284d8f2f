/* Settings of a verb: looked up in its table of keys, replaced by key=value, checked. */
#include "settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

plm_cli_settings plm_cli_settings_new(const plm_cli_key *keys)
{
    plm_cli_settings s = {.keys = keys};
    while (keys[s.count].name)
        s.count++;
    s.at = plm_cli_take((size_t)s.count * sizeof *s.at);
    return s;
}

static void clear(plm_cli_setting *setting)
{
    for (size_t i = 0; i < setting->count; i++)
        free(setting->item[i].text);
    free(setting->item);
    *setting = (plm_cli_setting){0};
}

void plm_cli_settings_free(plm_cli_settings *s)
{
    for (int i = 0; i < s->count; i++)
        clear(&s->at[i]);
    free(s->at);
    free(s->file);
    free(s->identity);
    free(s->changes);
    *s = (plm_cli_settings){0};
}

static int index_of(const plm_cli_settings *s, const char *key)
{
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->keys[i].name, key))
            return i;
    return -1;
}

plm_cli_setting *plm_cli_setting_of(const plm_cli_settings *s, const char *key)
{
    int i = index_of(s, key);
    return i < 0 ? NULL : &s->at[i];
}

/* A list becomes its first item: what a joined list needs later, its parts, is not asked for
 * again. */
static void join(plm_cli_setting *setting)
{
    while (setting->count > 1) {
        plm_cli_item *first = &setting->item[0], *last = &setting->item[1];
        char *both = plm_cli_format("%s, %s", first->text, last->text);
        free(first->text);
        free(last->text);
        first->text = both;
        setting->count--;
        memmove(last, last + 1, (setting->count - 1) * sizeof *last);
    }
}

const char *plm_cli_setting_text(plm_cli_settings *s, const char *key)
{
    plm_cli_setting *setting = plm_cli_setting_of(s, key);
    if (!setting)
        return NULL;
    join(setting);
    return setting->count ? setting->item[0].text : NULL;
}

int64_t plm_cli_setting_count(const plm_cli_settings *s, const char *key, int64_t fallback)
{
    const plm_cli_setting *setting = plm_cli_setting_of(s, key);
    int64_t value = fallback;
    if (setting && setting->count)
        plm_cli_whole(setting->item[0].text, &value);
    return value;
}

void plm_cli_setting_default(plm_cli_settings *s, const char *key, const char *text)
{
    int at = index_of(s, key);
    if (at >= 0 && !s->at[at].given)
        plm_cli_setting_add(s, at, text, 0, 0);
}

char *plm_cli_setting_place(const plm_cli_settings *s, const char *key, int item)
{
    const plm_cli_setting *setting = plm_cli_setting_of(s, key);
    if (!setting)
        return plm_cli_format("%s", key);
    bool one = item >= 0 && (size_t)item < setting->count;
    int line = one ? setting->item[item].line : setting->line;
    int column = one ? setting->item[item].column : setting->column;
    char number[16] = "";
    if (one && s->keys[setting - s->at].type == PLM_CLI_LIST)
        snprintf(number, sizeof number, ".%d", item);
    if (line && s->file)
        return plm_cli_format("%s:%d:%d, %s%s", s->file, line, column, key, number);
    return plm_cli_format("%s%s", key, number);
}

int plm_cli_setting_fail(const plm_cli_settings *s, const char *key, int item, const char *hint,
                         const char *what, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    char *where = plm_cli_setting_place(s, key, item);
    plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s", text);
    free(where);
    return PLM_EXIT_USAGE;
}

static const char *key_name(const void *of, int i)
{
    const plm_cli_settings *s = of;
    return s->keys[i].name;
}

/* Words of other tools for what is part of a spec here. */
static const char *part_of(const char *key)
{
    static const char *const words[][2] = {
        {"batch", "the batch is part of data: data='digits | batch(64)'"},
        {"batch_size", "the batch is part of data: data='digits | batch(64)'"},
        {"lr", "the learning rate is part of the optimizer: optimizer='adam(1e-3)'"},
        {"learning_rate", "the learning rate is part of the optimizer: optimizer='adam(1e-3)'"},
        {"layers", "the layers are the key model"},
        {NULL, NULL}};
    int i = 0;
    while (words[i][0] && strcmp(words[i][0], key) != 0)
        i++;
    return words[i][1];
}

int plm_cli_key_find(const plm_cli_settings *s, const char *key, const char *where)
{
    int at = index_of(s, key);
    if (at >= 0)
        return at;
    int near = plm_cli_nearest(key, s->count, key_name, s);
    const char *told = part_of(key);
    char hint[512] = "known keys:";
    if (told)
        snprintf(hint, sizeof hint, "%s", told);
    else if (near >= 0)
        snprintf(hint, sizeof hint, "did you mean %s?", s->keys[near].name);
    for (int i = 0; !told && near < 0 && i < s->count; i++) {
        size_t end = strlen(hint);
        snprintf(hint + end, sizeof hint - end, "%s %s", i ? "," : "", s->keys[i].name);
    }
    plm_cli_fail(PLM_EXIT_USAGE, where, hint, "unknown key '%s'", key);
    return -1;
}

typedef struct {
    plm_cli_setting *setting;
    int line, column;
} place;

static void append(void *to, char *part)
{
    const place *p = to;
    plm_cli_setting *setting = p->setting;
    if (!*part) { /* "a, " ends with nothing: not an item */
        free(part);
        return;
    }
    setting->item = plm_cli_grow(setting->item, setting->count, sizeof *setting->item);
    setting->item[setting->count++] =
        (plm_cli_item){.text = part, .line = p->line, .column = p->column};
}

void plm_cli_setting_add(plm_cli_settings *s, int key, const char *text, int line, int column)
{
    plm_cli_setting *setting = &s->at[key];
    place to = {setting, line, column};
    setting->given = true;
    if (s->keys[key].type != PLM_CLI_LIST) {
        clear(setting);
        setting->given = true;
        append(&to, plm_cli_trimmed(text, strlen(text)));
        return;
    }
    char *inner = plm_cli_trimmed(text, strlen(text));
    size_t length = strlen(inner);
    /* "[a, b]" on the command line */
    if (length >= 2 && inner[0] == '[' && inner[length - 1] == ']') {
        inner[0] = ' ';
        inner[length - 1] = ' ';
    }
    plm_cli_split(inner, ',', append, &to);
    free(inner);
}

bool plm_cli_is_override(const char *argument)
{
    const char *c = argument;
    if (!isalpha((unsigned char)*c))
        return false;
    while (isalnum((unsigned char)*c) || *c == '_' || *c == '.' || *c == '-')
        c++;
    return *c == '=' && c[1] != '=';
}

/* model.2=dense(50): one item of a list. */
static int override_item(plm_cli_settings *s, const char *argument, const char *key,
                         const char *number, const char *value)
{
    int at = plm_cli_key_find(s, key, argument);
    if (at < 0)
        return PLM_EXIT_USAGE;
    plm_cli_setting *setting = &s->at[at];
    int64_t i = -1;
    if (s->keys[at].type != PLM_CLI_LIST)
        return plm_cli_fail(PLM_EXIT_USAGE, argument, "write key=value", "%s is not a list", key);
    if (!plm_cli_whole(number, &i) || i < 0 || (size_t)i >= setting->count) {
        char hint[80];
        snprintf(hint, sizeof hint, "%s has the items 0 to %d", key, (int)setting->count - 1);
        return plm_cli_fail(PLM_EXIT_USAGE, argument, setting->count ? hint : "give the whole list",
                            "%s has no item '%s'", key, number);
    }
    free(setting->item[i].text);
    setting->item[i] = (plm_cli_item){.text = plm_cli_trimmed(value, strlen(value))};
    return PLM_EXIT_GOOD;
}

int plm_cli_settings_override(plm_cli_settings *s, const char *argument)
{
    const char *equals = strchr(argument, '=');
    char *key = plm_cli_trimmed(argument, (size_t)(equals - argument));
    char *dot = strchr(key, '.');
    int code = PLM_EXIT_GOOD;
    if (dot) {
        *dot = 0;
        code = override_item(s, argument, key, dot + 1, equals + 1);
    } else {
        int at = plm_cli_key_find(s, key, argument);
        if (at >= 0) {
            clear(&s->at[at]);
            plm_cli_setting_add(s, at, equals + 1, 0, 0);
        }
        code = at < 0 ? PLM_EXIT_USAGE : PLM_EXIT_GOOD;
    }
    free(key);
    return code;
}

static int check_key(const plm_cli_settings *s, int i)
{
    const plm_cli_key *k = &s->keys[i];
    const plm_cli_setting *setting = &s->at[i];
    const char *text = setting->count ? setting->item[0].text : "";
    char hint[120] = "give it a value, or leave it out";
    int64_t value = 0;
    bool good = setting->count == 1;
    if (k->type == PLM_CLI_LIST || !setting->given)
        return PLM_EXIT_GOOD;
    if (good && k->type == PLM_CLI_COUNT) {
        snprintf(hint, sizeof hint, "a whole number from %lld to %lld", (long long)k->low,
                 (long long)k->high);
        good = plm_cli_whole(text, &value) && value >= k->low && value <= k->high;
    }
    if (good)
        return PLM_EXIT_GOOD;
    return plm_cli_setting_fail(s, k->name, 0, hint, "%s cannot be '%s'", k->name, text);
}

int plm_cli_settings_check(const plm_cli_settings *s)
{
    int code = PLM_EXIT_GOOD;
    for (int i = 0; !code && i < s->count; i++)
        code = check_key(s, i);
    return code;
}
