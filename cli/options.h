/* Verbs and their options. One table per verb is read by getopt_long and makes --help and the
 * man page. */
#ifndef PLM_CLI_OPTIONS_H
#define PLM_CLI_OPTIONS_H

#include "cli.h"
#include "run/settings.h"

/* A row of an option table; the last row is {0}. */
typedef struct {
    const char *name;     /* "json" */
    char letter;          /* 'j' or 0 */
    const char *argument; /* "FILE"; NULL = a flag */
    const char *help;
} plm_cli_option;

typedef struct plm_cli_call plm_cli_call;

typedef struct {
    const char *name;
    const char *usage;   /* what follows the name: "MODEL DATA [key=value ...]" */
    const char *help;    /* one line */
    const char *details; /* paragraphs */
    const char *sample;  /* a file to begin with, or NULL */
    const plm_cli_option *options;
    const plm_setting_key *keys; /* NULL = no key=value */
    /* of these, what is read and has no effect here, NULL at the end; not in the help */
    const char *const *idle;
    const char *const *examples; /* pairs: a command and what it does; ended by NULL */
    int least, most;             /* arguments, key=value left out */
    int (*run)(const plm_cli_call *call);
} plm_cli_verb;

enum { PLM_CLI_OPTION_ROOM = 16 };

/* What the user asked for. */
struct plm_cli_call {
    const plm_cli_verb *verb;
    const plm_cli_verb *const *verbs; /* all there are */
    int arguments;                    /* without options and key=value */
    char **argument;
    int overrides; /* key=value */
    char **override;
    /* one a row of the table: NULL = not given; "" for a flag */
    const char *value[PLM_CLI_OPTION_ROOM];
};

/* The verb of that name, or NULL with a message. verbs: all there are, in the order of the help,
 * ended by NULL. */
const plm_cli_verb *plm_cli_verb_find(const plm_cli_verb *const *verbs, const char *name);
/* The value of an option the verb's table has; NULL = not given. */
const char *plm_cli_option_of(const plm_cli_call *call, const char *name);
/* Finds the verb argv[0] among verbs, reads the rest and runs it. Returns an exit code. */
int plm_cli_verb_run(const plm_cli_verb *const *verbs, int argc, char **argv);

/* Whether an argument of the command line is key=value rather than a file or a spec. */
bool plm_cli_is_override(const char *argument);

/* Help of the command, of one verb, and the manual page as roff. (help.c) */
void plm_cli_help_all(FILE *f, const plm_cli_verb *const *verbs);
void plm_cli_help_verb(FILE *f, const plm_cli_verb *verb);
void plm_cli_help_manual(FILE *f, const plm_cli_verb *const *verbs);

#endif
