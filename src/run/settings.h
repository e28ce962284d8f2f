/* The settings of a run: key = value, from a run file or from the caller. A table defines the keys
 * that are allowed. The command also makes its help from this table. */
#ifndef PLM_RUN_SETTINGS_H
#define PLM_RUN_SETTINGS_H

#include "base/arena.h"
#include "base/text.h"

/* What a key takes. */
typedef enum {
    PLM_SETTING_TEXT, /* one text, most often a spec */
    PLM_SETTING_WORD, /* one of the words that `argument` lists, such as "best|last" */
    /* a text "a=b, c=d", which may also be written as {a: b, c: d} in a run file */
    PLM_SETTING_PAIRS,
    PLM_SETTING_LIST,  /* several specs */
    PLM_SETTING_COUNT, /* a whole number from low to high */
} plm_setting_type;

/* A row of a table of keys; the last row is {0}. */
typedef struct {
    const char *name;
    plm_setting_type type;
    const char *argument; /* name of the value in the help, such as "SPEC" */
    const char *help;
    int64_t low, high; /* range of a COUNT, both ends included */
} plm_setting_key;

/* One value of a setting, and its place in the run file. */
typedef struct {
    const char *text;
    /* place in the run file, from 1; 0 = the value comes from the caller's key=value */
    int line, column;
    const char *comment; /* comment that is written above the item in a run file; NULL = none */
} plm_setting_item;

/* What is given for one key. */
typedef struct {
    plm_setting_item *item; /* [count]; one if the key is not a LIST */
    size_t count, capacity;
    bool given;
    int line, column;    /* place of the key in the run file */
    const char *comment; /* comment that is written above the key in a run file; NULL = none */
    /* origin of the value: "default" or "chosen"; NULL = set by the user */
    const char *origin;
} plm_setting;

/* Settings by a table of keys. All texts are in the arena and live as long as the settings. */
typedef struct {
    plm *w; /* errors are recorded here */
    plm_arena arena;
    const plm_setting_key *keys;
    plm_setting *at;  /* [count] settings, in the order of keys */
    int count;        /* number of keys */
    const char *file; /* name of the run file for messages, or NULL */
    bool table;       /* true = a table was given instead of a run file (recipe.h) */
    bool incomplete;  /* true = memory ran out while a list was joined; see plm_settings_sound */
} plm_settings;

/* Makes empty settings for a table of keys. Errors: E_MEMORY; plm_settings_free may also be called
 * then. */
PLM_CHECKED plm_status plm_settings_open(plm_settings *s, plm *w, const plm_setting_key *keys);
/* Frees the settings with all their texts. */
void plm_settings_free(plm_settings *s);
/* Adds the hint for an unknown key. (settings_advise.c) */
void plm_setting_advise(const plm_settings *s, plm_text *hint, const char *key);
/* True if the table has this key. keys: NULL = it has none. */
bool plm_setting_known(const plm_setting_key *keys, const char *name);
/* Returns the setting of a key. NULL = the key is not in the table. The functions below treat such
 * a key like one that is not set. */
plm_setting *plm_setting_of(const plm_settings *s, const char *key);
/* Returns the text of a key. NULL = not set. The items of a list are joined by ", ", and the joined
 * text replaces them. If there is no memory for this, the first item is returned, and
 * plm_settings_sound returns E_MEMORY from then on. So call plm_settings_sound before the texts are
 * used. */
const char *plm_setting_text(plm_settings *s, const char *key);
/* Returns E_MEMORY if plm_setting_text could not join a list. w: the runtime that records the
 * error. */
PLM_CHECKED plm_status plm_settings_sound(const plm_settings *s, plm *w);
/* Returns the items of a key as one text, but does not change the list, unlike plm_setting_text. ""
 * = not set, or the key is not in the table. */
const char *plm_setting_joined(plm_settings *s, const char *key);
/* Returns the value of a key of kind WORD whose words are true and false. Not set = false. */
bool plm_setting_truth(plm_settings *s, const char *key);
/* Returns the value of a key of kind COUNT; fallback: the result if the key is not set. */
int64_t plm_setting_count(const plm_settings *s, const char *key, int64_t fallback);
/* Sets a default: if the key is not set, sets it to this text or, for a list, to the items in the
 * text. */
PLM_CHECKED plm_status plm_setting_default(plm_settings *s, const char *key, const char *text);
/* Sets a default, with a comment that is written above the key in run files. The comment is
 * borrowed and must outlive the settings. */
PLM_CHECKED plm_status plm_setting_suggest(plm_settings *s, const char *key, const char *text,
                                           const char *comment);
/* Returns the origin of a setting's value: "said" (set by the user), "chosen" (from the data and
 * the model), "measured", or "default". */
const char *plm_setting_origin(const plm_setting *setting);
/* Sets the origins from the text of a run.yaml, in which the lines of keys end in "# chosen" or "#
 * default". */
void plm_settings_origins(plm_settings *s, const char *text);
/* Removes what is given for a key. */
void plm_setting_drop(plm_settings *s, const char *key);
/* Sets the place of an error to a key or an item of its list. The error has no message yet;
 * plm_fail_again records it. */
plm_error plm_setting_at(plm_settings *s, const char *key, int item);
/* Returns the place of a key (item < 0) or of an item, such as "net.yaml:3:5, model.2". "" = no
 * memory. */
const char *plm_setting_place(plm_settings *s, const char *key, int item);
/* Fails with E_SPEC at the place of a key or of one of its items (see plm_setting_place). */
PLM_CHECKED plm_status plm_setting_fail(plm_settings *s, const char *key, int item,
                                        const char *hint, const char *what, ...) PLM_PRINTF(5, 6);

/* Returns the index of a key. E_SPEC at the place `where` for an unknown key, with a hint. */
PLM_CHECKED plm_status plm_setting_find(plm_settings *s, const char *key, const char *where,
                                        int *index);
/* Adds items to a list, or sets the text of another key. The text for a list may contain several
 * items, separated by commas. key: an index in the table. line, column: place in the run file; 0 =
 * from a caller. */
PLM_CHECKED plm_status plm_setting_add(plm_settings *s, int key, const char *text, int line,
                                       int column);
/* Replaces a setting by key=value, or one item of a list by key.INDEX=value. */
PLM_CHECKED plm_status plm_settings_override(plm_settings *s, const char *argument);
/* Checks all settings that are set: each must have a value, a WORD must be one of its words, and
 * numbers must be in their range. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_settings_check(plm_settings *s);
/* Returns the index of the first of the texts override [count], each key=value or key.INDEX=value,
 * that sets the same key or item as one before it. -1 = there is none. */
int plm_settings_repeated(int count, const char *const *override);

#endif
