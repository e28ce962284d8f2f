/* What the pictures of plummet plot share: lists of specs, options. */
#ifndef PLM_CLI_PLOT_H
#define PLM_CLI_PLOT_H

#include "picture.h"
#include "options.h"

/* Specs in the order said. */
typedef struct {
    int count;
    char **text;
} plm_cli_specs;

/* The parts of a list between commas outside brackets. */
plm_cli_specs plm_cli_specs_of(const char *list);
/* Adds one, the first length bytes of text. */
void plm_cli_specs_add(plm_cli_specs *s, const char *text, size_t length);
void plm_cli_specs_free(plm_cli_specs *s);

/* A whole number within bounds from an option; `value` stays as it is when that is not given.
 * Exit code. */
int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value);

/* The two pictures; arguments begin behind "activation" and "init". Return exit codes. */
int plm_cli_plot_activation(const plm_cli_call *call);
int plm_cli_plot_initializer(const plm_cli_call *call);

#endif
