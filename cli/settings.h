/* Settings of a verb: key = value, from a run file or from the command line, by a table of keys.
 * The table also makes the help. */
#ifndef PLM_CLI_SETTINGS_H
#define PLM_CLI_SETTINGS_H

#include "cli.h"

typedef enum {
    PLM_CLI_TEXT,  /* one text, most often a spec */
    PLM_CLI_LIST,  /* several specs */
    PLM_CLI_COUNT, /* a whole number from low to high */
} plm_cli_key_type;

/* A row of a table of keys; the last row is {0}. */
typedef struct {
    const char *name;
    plm_cli_key_type type;
    const char *argument; /* for the help: "SPEC" */
    const char *help;
    int64_t low, high; /* of a COUNT */
} plm_cli_key;

/* One value and where it stands. */
typedef struct {
    char *text;
    int line, column; /* of the run file, from 1; 0 = the command line */
} plm_cli_item;

typedef struct {
    plm_cli_item *item; /* one for TEXT and COUNT */
    size_t count;
    bool given;
    int line, column; /* of the key */
} plm_cli_setting;

typedef struct {
    const plm_cli_key *keys;
    plm_cli_setting *at;      /* one a key */
    int count;                /* of keys */
    char *file;               /* name of the run file for messages, or NULL */
    char *identity, *changes; /* lent by identity.c */
} plm_cli_settings;

/* Empty settings. */
plm_cli_settings plm_cli_settings_new(const plm_cli_key *keys);
void plm_cli_settings_free(plm_cli_settings *s);
/* The setting of a key; NULL = the table does not have it. The functions below then answer as if
 * it were not given. */
plm_cli_setting *plm_cli_setting_of(const plm_cli_settings *s, const char *key);
/* The text of a key; NULL = not given. A list is joined by ", ". Lent until the settings are
 * freed. */
const char *plm_cli_setting_text(plm_cli_settings *s, const char *key);
/* The number of a COUNT, or fallback. */
int64_t plm_cli_setting_count(const plm_cli_settings *s, const char *key, int64_t fallback);
/* Gives a key the parts of text when it has none yet: a default. */
void plm_cli_setting_default(plm_cli_settings *s, const char *key, const char *text);
/* Where a key (item < 0) or one of its items stands: "net.yaml:3:5, model.2"; to be freed. */
char *plm_cli_setting_place(const plm_cli_settings *s, const char *key, int item);
/* plm_cli_fail at that place: what is said there is wrong use. Returns its exit code. */
int plm_cli_setting_fail(const plm_cli_settings *s, const char *key, int item, const char *hint,
                         const char *what, ...) PLM_PRINTF(5, 6);

/* The index of a key, or -1 with a message that names the nearest one. */
int plm_cli_key_find(const plm_cli_settings *s, const char *key, const char *where);
/* Adds one item to a list or sets a text; a list's text may hold several, separated by commas. */
void plm_cli_setting_add(plm_cli_settings *s, int key, const char *text, int line, int column);
/* Whether an argument of the command line is key=value rather than a file or a spec. */
bool plm_cli_is_override(const char *argument);
/* Takes one key=value of the command line; model.2=... replaces one item of a list. Returns an
 * exit code. */
int plm_cli_settings_override(plm_cli_settings *s, const char *argument);
/* Checks the numbers; returns an exit code. */
int plm_cli_settings_check(const plm_cli_settings *s);

#endif
