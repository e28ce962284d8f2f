/* What the pictures of plummet plot share: activations as functions of one number, lists of
 * specs. */
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
void plm_cli_specs_free(plm_cli_specs *s);

/* An activation of the library, to be applied to rows of `width` numbers. */
typedef struct {
    plm *w;
    plm_model *m;
    int64_t width;
} plm_cli_function;

/* Builds input(width) | activation(spec); fails for what acts on whole rows (softmax). Returns
 * an exit code. */
int plm_cli_function_open(plm_cli_function *f, plm *w, const char *spec, int64_t width);
/* y = f(x) for rows x width numbers. Returns an exit code. */
int plm_cli_function_apply(const plm_cli_function *f, int64_t rows, const float *x, float *y);
void plm_cli_function_free(plm_cli_function *f);

/* A whole number within bounds from an option; `value` stays as it is when that is not given.
 * Exit code. */
int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value);

/* The two pictures; arguments begin behind "activation" and "init". Return exit codes. */
int plm_cli_plot_activation(const plm_cli_call *call);
int plm_cli_plot_initializer(const plm_cli_call *call);

#endif
