/* Writes the events of a training as JSON objects for programs, one per line. */
#ifndef PLM_SHOW_EVENTS_H
#define PLM_SHOW_EVENTS_H

#include "base/text.h"
#include "plummet_run.h"

/* Appends an epoch that is over. layer: the layer that is pretrained; NULL = no pretraining. */
void plm_epoch_json(const plm_event *e, const char *layer, plm_text *out);
/* Appends a round of pseudo-labels that begins. */
void plm_round_json(const plm_run_stage *stage, plm_text *out);
/* Appends findings of the doctor or, at the end, their number. */
void plm_findings_json(const plm_run_stage *stage, plm_text *out);

#endif
