/* Settings of a run: key = value, from a run file or from a caller, by a table of keys. The table
 * also makes the help of the command. */
#ifndef PLM_RUN_SETTINGS_H
#define PLM_RUN_SETTINGS_H

#include "base/arena.h"
#include "base/text.h"

typedef enum {
    PLM_SETTING_TEXT,  /* one text, most often a spec */
    PLM_SETTING_LIST,  /* several specs */
    PLM_SETTING_COUNT, /* a whole number from low to high */
} plm_setting_type;

/* A row of a table of keys; the last row is {0}. */
typedef struct {
    const char *name;
    plm_setting_type type;
    const char *argument; /* for the help: "SPEC" */
    const char *help;
    int64_t low, high; /* of a COUNT */
} plm_setting_key;

/* One value and where it stands. */
typedef struct {
    const char *text;
    int line, column; /* of the run file, from 1; 0 = a caller's key=value */
} plm_setting_item;

typedef struct {
    plm_setting_item *item; /* [count]; one for TEXT and COUNT */
    size_t count, capacity;
    bool given;
    int line, column; /* of the key */
} plm_setting;

/* All texts lie in the arena and live as long as the settings. */
typedef struct {
    plm *w; /* errors are recorded here */
    plm_arena arena;
    const plm_setting_key *keys;
    plm_setting *at;  /* one a key */
    int count;        /* of keys */
    const char *file; /* name of the run file for messages, or NULL */
    bool incomplete;  /* a list could not be joined, see plm_settings_sound */
} plm_settings;

/* Empty settings by a table of keys. E_MEMORY; they may be freed then, too. */
PLM_CHECKED plm_status plm_settings_open(plm_settings *s, plm *w, const plm_setting_key *keys);
void plm_settings_free(plm_settings *s);
/* The setting of a key; NULL = the table does not have it. The functions below then act as if it
 * were not given. */
plm_setting *plm_setting_of(const plm_settings *s, const char *key);
/* The text of a key; NULL = not given. A list is joined by ", "; where that finds no memory the
 * text is that of its first item, and plm_settings_sound gives E_MEMORY from then on: ask it before
 * the texts are used. */
const char *plm_setting_text(plm_settings *s, const char *key);
/* w: the runtime that gets the error. */
PLM_CHECKED plm_status plm_settings_sound(const plm_settings *s, plm *w);
/* The same for a program: "" = not given, or the table does not have it; the items of a list stay
 * apart. */
const char *plm_setting_joined(plm_settings *s, const char *key);
/* The number of a COUNT, or fallback. */
int64_t plm_setting_count(const plm_settings *s, const char *key, int64_t fallback);
/* Gives a key the parts of text when it has none yet: a default. */
PLM_CHECKED plm_status plm_setting_default(plm_settings *s, const char *key, const char *text);
/* Where a key (item < 0) or one of its items stands: "net.yaml:3:5, model.2"; "" = no memory. */
const char *plm_setting_place(plm_settings *s, const char *key, int item);
/* plm_fail at that place: what stands there is E_SPEC, which is returned. */
PLM_CHECKED plm_status plm_setting_fail(plm_settings *s, const char *key, int item,
                                        const char *hint, const char *what, ...) PLM_PRINTF(5, 6);

/* The index of a key, or E_SPEC with a hint at the nearest one, at the place `where`. */
PLM_CHECKED plm_status plm_setting_find(plm_settings *s, const char *key, const char *where,
                                        int *index);
/* Adds one item to a list or sets a text; a list's text may hold several, separated by commas. */
PLM_CHECKED plm_status plm_setting_add(plm_settings *s, int key, const char *text, int line,
                                       int column);
/* Takes one key=value; model.2=... replaces one item of a list. */
PLM_CHECKED plm_status plm_settings_override(plm_settings *s, const char *argument);
/* Checks that texts are there and numbers in their range. */
PLM_CHECKED plm_status plm_settings_check(plm_settings *s);

#endif
