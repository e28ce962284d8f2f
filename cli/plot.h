/* What the plots of plummet plot share: lists of specs, and options that are numbers. */
#ifndef PLM_CLI_PLOT_H
#define PLM_CLI_PLOT_H

#include "picture.h"

/* A list of specs, in the order given: text[count]. */
typedef struct {
    int count;
    char **text;
} plm_cli_specs;

/* Splits a list at commas outside brackets. To be freed with plm_cli_specs_free. */
plm_cli_specs plm_cli_specs_of(const char *list);
void plm_cli_specs_free(plm_cli_specs *s);

/* Reads an option that is a whole number from bounds[0] to bounds[1]. If the option is not given,
 * *value stays as it is. Returns an exit code. */
int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value);

/* Draw one plot each. The arguments of the call begin with the name of the plot, argument[0].
 * Return exit codes. */
int plm_cli_plot_activation(const plm_cli_call *call);
int plm_cli_plot_init(const plm_cli_call *call);
int plm_cli_plot_initializer(const plm_cli_call *call);
int plm_cli_plot_schedule(const plm_cli_call *call);
int plm_cli_plot_history(const plm_cli_call *call);
int plm_cli_plot_samples(const plm_cli_call *call);
int plm_cli_plot_doctor(const plm_cli_call *call);

#endif
