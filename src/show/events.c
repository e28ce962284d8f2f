/* Writes events of a training as JSON, see events.h. */
#include "show/events.h"

#include "run/json_text.h"

/* Appends a finished epoch. Its number is counted from 1 in what users see, but from 0 in events.
 * */
void plm_epoch_json(const plm_event *e, const char *layer, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_member(&j, "event", layer ? "pretrain" : "epoch");
    if (layer)
        plm_json_text_member(&j, "layer", layer);
    plm_json_text_number(&j, "epoch", (double)(e->epoch + 1));
    for (int i = 0; i < e->logs; i++)
        plm_json_text_number(&j, e->log[i].name, e->log[i].value);
    plm_json_text_number(&j, "samples_per_s", e->rows_per_second);
    plm_json_text_end(&j);
}

/* Appends the beginning of a round of pseudo-labels. index: number of the round. count: number of
 * unlabelled rows that get a label in it. */
void plm_round_json(const plm_run_stage *stage, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_member(&j, "event", "pseudo_labels");
    plm_json_text_number(&j, "round", (double)stage->index);
    plm_json_text_number(&j, "rows", (double)stage->count);
    plm_json_text_end(&j);
}

/* Appends findings: the text that is printed on a terminal, as a JSON string. */
void plm_findings_json(const plm_run_stage *stage, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_member(&j, "event", stage->done ? "doctor" : "finding");
    plm_json_text_member(&j, "text", stage->text);
    plm_json_text_end(&j);
}
