/* Trains a run file as the command does: train_run_file [RUNFILE [key=value ...]]. Without
 * arguments it trains the digits that are built in, for two epochs. */
#include <plummet_run.h>
#include <stdio.h>
#include <stdlib.h>

static int complain(plm *w)
{
    const plm_error *e = plm_last_error(w);
    fprintf(stderr, "%s: %s\n%s\n", e->where, e->what, e->hint);
    return 1;
}

/* A line for each epoch; PLM_STOPPED would end the training, and the model would be saved. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    if (e->kind == PLM_EPOCH_END)
        printf("epoch %lld of %lld: %s %.4f\n", (long long)e->epoch + 1, (long long)e->epochs,
               e->log[0].name, e->log[0].value);
    return PLM_OK;
}

int main(int argc, char **argv)
{
    const char *digits[] = {"epochs=2", "out=digits-run", "overwrite=true"};
    const char *path = argc > 1 ? argv[1] : "digits";
    const char *const *override = argc > 1 ? (const char *const *)argv + 2 : digits;
    static plm_run_result result; /* large: the metrics of an epoch, with their names */
    plm *w = plm_open(PLM_OPTIONS(.threads = 1)); /* the run has threads of its own */
    plm_run_file *f = plm_run_file_open(w, path, argc > 1 ? argc - 2 : 3, override);
    int code = 0;
    if (f == NULL ||
        PLM_FAILED(plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = on_event, .result = &result,
                                                       .data_dir = getenv("PLUMMET_DATA"))))) {
        code = complain(w);
    } else {
        for (int i = 0; i < result.tests; i++)
            printf("test %s %.4f\n", result.test[i].name, result.test[i].value);
        printf("model %s\n", result.model);
    }
    plm_run_file_close(f);
    plm_close(w);
    return code;
}
