/* Writes events of a training as JSON, see events.h. */
#include "show/events.h"

#include "run/json_text.h"

/* Epochs count from 1 in what users see, and from 0 in events. */
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

/* index: the number of the round; count: the unlabelled rows that get a label in it. */
void plm_round_json(const plm_run_stage *stage, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_member(&j, "event", "pseudo_labels");
    plm_json_text_number(&j, "round", (double)stage->index);
    plm_json_text_number(&j, "rows", (double)stage->count);
    plm_json_text_end(&j);
}

/* The text is that of the terminal, with line ends as \n. */
void plm_findings_json(const plm_run_stage *stage, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_member(&j, "event", stage->done ? "doctor" : "finding");
    plm_json_text_member(&j, "text", stage->text);
    plm_json_text_end(&j);
}
