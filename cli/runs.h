/* The run files compiled into the command: every file of cli/runs becomes a row. Written by the
 * build. */
#ifndef PLM_CLI_RUNS_H
#define PLM_CLI_RUNS_H

/* `train NAME` takes the run file cli/runs/NAME.yaml from here. */
typedef struct {
    const char *name;
    const char *text; /* YAML, ended by 0 */
} plm_embedded_run;

/* Sorted by name; ended by name NULL. */
extern const plm_embedded_run plm_embedded_runs[];

#endif
