/* Prints the result of a training, and what the user can do next. */
#include "show/result.h"
#include "training.h"

/* Returns the word for how a training ended, for programs. code: exit code of the training. */
static const char *status_of(const plm_run_training *t, int code)
{
    if (t->interrupted)
        return "interrupted";
    return code == PLM_EXIT_DIVERGED ? "diverged" : code ? "failed" : "finished";
}

/* Prints why a resumed run had nothing left to do. */
static void tell_nothing_to_do(const plm_fit_result *r)
{
    static const char hint[] = "to train longer, give more epochs: epochs=N";
    const long long epochs = (long long)r->epochs, best = (long long)r->best_epoch;
    if (!r->stopped_by[0])
        plm_cli_note("nothing to do: all epochs are done; %s", hint);
    else if (best)
        plm_cli_note("nothing to do: %s ended this run in epoch %lld, best %lld; %s", r->stopped_by,
                     epochs, best, hint);
    else
        plm_cli_note("nothing to do: %s ended this run in epoch %lld; %s", r->stopped_by, epochs,
                     hint);
}

/* Prints how to resume the run, after a signal or after the disk was full. */
static void tell_how_to_go_on(const plm_cli_call *call, const plm_run_training *t, int code)
{
    const bool stopped = !code && t->interrupted && t->every;
    const bool full = code == PLM_EXIT_IO && plm_run_dir_has(&t->dir, "checkpoint.safetensors");
    if ((stopped || full) && t->dir.begun && !t->dir.replaces)
        plm_cli_note("to continue%s: plummet %s --resume %s",
                     full ? ", when the disk can be written again" : "", call->verb->name,
                     t->dir.path);
}

/* Prints what the user can do next. */
static void advise(const plm_cli_call *call, const plm_run_training *t, int code)
{
    tell_how_to_go_on(call, t, code);
    if (!code && t->dir.resumed && !t->dir.begun && !t->interrupted)
        tell_nothing_to_do(&t->result);
}

int plm_cli_report(const plm_cli_call *call, const plm_cli_watch *w, int code)
{
    plm_run_training *t = w->training;
    advise(call, t, code);
    if (!t->model_path)
        return code;
    const plm_status status = plm_run_training_measure(t, code != PLM_EXIT_GOOD);
    code = code ? code : plm_cli_code(t->w, status);
    plm_text text = {0};
    if (w->json)
        plm_result_json(t, status_of(t, code), &text);
    else
        plm_result_text(t, plm_cli_screen_of(stdout), &text);
    plm_cli_print(stdout, &text);
    plm_cli_watch_flush();
    return code;
}
