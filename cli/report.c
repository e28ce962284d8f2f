/* Prints the result of a training, and what the user can do next. */
#include "show/result.h"
#include "training.h"

/* Returns a word that tells programs how a training ended. code: exit code of the training. */
static const char *status_of(const plm_run_training *t, int code)
{
    if (t->interrupted)
        return "interrupted";
    return code == PLM_EXIT_DIVERGED ? "diverged" : code ? "failed" : "finished";
}

int plm_cli_report(const plm_cli_call *call, const plm_cli_watch *w, int code)
{
    plm_run_training *t = w->training;
    plm_text text = {0};
    plm_result_advice(t, call->verb->name, code != PLM_EXIT_GOOD, code == PLM_EXIT_IO, &text);
    if (text.length > 0)
        plm_cli_note("%s", plm_text_get(&text));
    plm_text_free(&text);
    if (!t->model_path)
        return code;
    const plm_status status = plm_run_training_measure(t, code != PLM_EXIT_GOOD);
    code = code ? code : plm_cli_code(t->w, status);
    if (w->json)
        plm_result_json(t, status_of(t, code), &text);
    else
        plm_result_text(t, plm_cli_screen_of(stdout), &text);
    plm_cli_print(stdout, &text);
    plm_cli_watch_flush();
    return code;
}
