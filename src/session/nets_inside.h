/* What the files of src/run/nets*.c share. */
#ifndef PLM_SESSION_NETS_INSIDE_H
#define PLM_SESSION_NETS_INSIDE_H

#include "session/means.h"
#include "session/nets.h"

/* One net. */
typedef struct {
    plm_run_training *t;
    int index;
    plm_job job;         /* its runtime, rows and model */
    plm_fit_options fit; /* how it is trained */
    plm_observer observer;
    plm_fit_result result;
    plm_status status; /* status of the fit; the error is recorded on the runtime of the net's job
                        * */
    double reported;   /* time of the last reported batch, in seconds since the fit began */
} plm_run_net;

/* The nets of a run, used while they are trained. */
struct plm_run_nets {
    int count;
    plm_run_net net[PLM_TURNS];
    plm_means means;
    plm_turns *turns; /* while they train */
    int slots;        /* number of nets that train at a time */
    int begun, ended; /* fits that have begun, and ended */
};

/* Returns the net whose error is that of the run; -1 = none has failed. Nets whose loss was not
 * finite count after other errors: the one that failed in the earliest epoch, and of these the
 * first. (nets_end.c) */
int plm_run_nets_first_failed(const plm_run_nets *n);

#endif
