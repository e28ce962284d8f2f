/* Ends the fit if the loss is not finite. plm_fit does this by itself, with E_NUMERIC; this
 * observer exists for users who know its name from Keras. */
#include <math.h>

#include "train/run.h"

/* Checks the loss, which is the first value of the logs, after each batch. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    (void)self;
    (void)run;
    return event->kind == PLM_BATCH_END && event->logs > 0 && !isfinite(event->log[0].value)
               ? PLM_STOPPED
               : PLM_OK;
}

/* Makes the observer, which has no state to allocate. */
static plm_status open_watcher(plm *w, const void *config, plm_observer *out)
{
    (void)w;
    (void)config;
    *out = (plm_observer){.name = "terminate_on_nan", .on_event = on_event};
    return PLM_OK;
}

const plm_observer_kind plm_observer_terminate_on_nan = {
    .kind = {.name = "terminate_on_nan",
             .alias = "TerminateOnNaN",
             .help = "ends the fit when the loss is not finite, as every fit does by itself",
             .examples = PLM_LIST("terminate_on_nan")},
    .open = open_watcher,
};
