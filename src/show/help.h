/* Makes the help of a command and its manual page from the same tables, so that both always agree.
 * */
#ifndef PLM_SHOW_HELP_H
#define PLM_SHOW_HELP_H

#include "run/settings.h"
#include "show/screen.h"

/* An option of a command; the last row of a table is {0}. */
typedef struct {
    const char *name; /* long name without dashes: "json" */
    char letter;      /* short name: 'j'; 0 = none */
    /* name of the option's value in the help: "FILE"; NULL = a flag, which has no value */
    const char *argument;
    const char *help;
} plm_help_option;

/* What the help says of a subcommand. */
typedef struct {
    const char *name, *usage; /* usage: text that follows the name */
    const char *help;         /* purpose of the subcommand in one line */
    const char *details;      /* paragraphs, separated by empty lines */
    const char *sample;       /* an example of a run file, or NULL */
    const plm_help_option *options;
    const plm_setting_key *keys; /* the keys it takes; NULL = none */
    /* keys that the help does not list, terminated by NULL; NULL = all keys are listed */
    const char *const *idle;
    /* pairs of a command and its description, terminated by NULL; NULL = no examples */
    const char *const *examples;
} plm_help_verb;

/* An exit code of the command and its meaning; the last row is {0, NULL}. */
typedef struct {
    int code;
    const char *help;
} plm_help_code;

/* What the help says of the command. */
typedef struct {
    const char *purpose;
    const plm_help_verb *verb; /* [subcommands] in the order of the help */
    int verbs;
    const plm_help_code *codes;
} plm_help;

/* Appends the help of one subcommand. */
void plm_help_of_verb(const plm_help_verb *verb, plm_screen s, plm_text *out);
/* Appends the help of the command. */
void plm_help_of_all(const plm_help *h, plm_screen s, plm_text *out);
/* Appends the manual page, as roff. (manual.c) */
void plm_help_manual(const plm_help *h, plm_text *out);

/* ---- shared by help.c and manual.c ---- */

/* Appends the text that names an option, such as "-o, --output FILE". */
void plm_help_term(const plm_help_option *o, plm_text *out);
/* Returns the first key from k on that has an effect on the command. NULL = there are no more. */
const plm_setting_key *plm_help_next_key(const plm_help_verb *verb, const plm_setting_key *k);

/* Returns the arguments of the command that a word probably means, such as "train" for fit; NULL =
 * none. */
const char *plm_help_meant(const char *word);

#endif
