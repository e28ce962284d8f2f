/* The run files that are built into the library. The build generates a table with a row for each
 * file of src/run/runs. */
#ifndef PLM_RUN_RUNS_H
#define PLM_RUN_RUNS_H

/* One built-in run file. `plummet train NAME` uses src/run/runs/NAME.yaml from this table. */
typedef struct {
    const char *name;
    const char *text; /* YAML, ended by 0 */
} plm_embedded_run;

/* The built-in run files, sorted by name; the last row has the name NULL. */
extern const plm_embedded_run plm_embedded_runs[];

#endif
