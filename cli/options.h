/* Verbs and their options. Each verb has one table, from which getopt_long reads the options and
 * from which --help and the man page are made. */
#ifndef PLM_CLI_OPTIONS_H
#define PLM_CLI_OPTIONS_H

#include "cli.h"
#include "show/help.h"

/* A row of an option table; the last row is {0}. */
typedef plm_help_option plm_cli_option;

typedef struct plm_cli_call plm_cli_call;

/* A verb of the command. The build finds its descriptor, plm_verb_NAME in cli/verb_NAME.c, and
 * lists it in plm_cli_verbs (cmake/verbs.cmake). */
typedef struct {
    const char *name;    /* as users write it: "lr-find" for plm_verb_lr_find */
    int order;           /* order in the help: smaller numbers come first */
    const char *usage;   /* text that follows the name: "MODEL DATA [key=value ...]" */
    const char *help;    /* purpose of the verb in one line */
    const char *details; /* paragraphs for the help of the verb, separated by empty lines */
    const char *sample;  /* an example of a run file, or NULL */
    const plm_cli_option *options;
    const plm_setting_key *keys; /* the keys of the verb; NULL = it has no key=value */
    /* keys that are accepted without effect, so the help leaves them out; ended by NULL; NULL =
     * none */
    const char *const *idle;
    const char *const *examples; /* pairs of a command and what it does; ended by NULL */
    int min, max;                /* number of arguments, without key=value */
    int (*run)(const plm_cli_call *call);
} plm_cli_verb;

enum {
    PLM_CLI_OPTION_ROOM = 24, /* max number of options of a verb */
    PLM_CLI_VERB_ROOM = 32    /* max number of verbs; the build fails if there are more */
};

/* A call of a verb: the content of the command line. */
struct plm_cli_call {
    const plm_cli_verb *verb;
    int arguments; /* number of arguments that are neither options nor key=value */
    char **argument;
    int overrides; /* number of arguments key=value */
    char **override;
    /* the value of each option in the verb's table: NULL = not given; "" = a flag that is given */
    const char *value[PLM_CLI_OPTION_ROOM];
};

/* All verbs in the order of the help, ended by NULL. Written by the build. */
extern const plm_cli_verb *const plm_cli_verbs[];

/* Returns the verb of this name. NULL = there is no such verb, which was reported. */
const plm_cli_verb *plm_cli_verb_find(const char *name);
/* Returns the value of an option, which must be in the verb's table. NULL = not given. */
const char *plm_cli_option_of(const plm_cli_call *call, const char *name);
/* Reads an option that is a whole number from low to high. If it is not given, *value stays as it
 * is. what: begins the message "WHAT cannot be 'x'". Returns an exit code. */
int plm_cli_whole_option(const plm_cli_call *call, const char *name, int64_t low, int64_t high,
                         const char *what, const char *hint, int64_t *value);
/* Finds the verb argv[0], reads the other arguments and runs it. Returns an exit code. */
int plm_cli_verb_run(int argc, char **argv);

/* True if an argument is key=value rather than a file or a spec. */
bool plm_cli_is_override(const char *argument);

/* Prints the help of the command to a stream. (help.c) */
void plm_cli_help_all(FILE *f);
void plm_cli_help_verb(const plm_cli_verb *verb);
void plm_cli_help_manual(void);

#endif
