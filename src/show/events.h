/* Writes the events of a training as JSON objects for programs, one per line. */
#ifndef PLM_SHOW_EVENTS_H
#define PLM_SHOW_EVENTS_H

#include "base/text.h"
#include "plummet_run.h"

/* Appends a finished epoch. layer: name of the layer that is being pretrained; NULL = no
 * pretraining. */
void plm_epoch_json(const plm_event *e, const char *layer, plm_text *out);
/* Appends the beginning of a round of pseudo-labels. */
void plm_round_json(const plm_run_stage *stage, plm_text *out);
/* Appends findings of the doctor or, at the end, the number of findings. */
void plm_findings_json(const plm_run_stage *stage, plm_text *out);

#endif
