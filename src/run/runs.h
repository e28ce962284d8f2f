/* The run files compiled into the library: every file of src/run/runs becomes a row. Written by the
 * build. */
#ifndef PLM_RUN_RUNS_H
#define PLM_RUN_RUNS_H

/* `train NAME` takes the run file src/run/runs/NAME.yaml from here. */
typedef struct {
    const char *name;
    const char *text; /* YAML, ended by 0 */
} plm_embedded_run;

/* Sorted by name; ended by name NULL. */
extern const plm_embedded_run plm_embedded_runs[];

#endif
