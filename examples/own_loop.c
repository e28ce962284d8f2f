/* A training loop of your own on the built-in digits, with a rule that ends it. */
#include <plummet.h>
#include <stdio.h>

static plm_status loop(plm_model *m, plm_data *train, plm_data *test)
{
    plm_log log[2];
    plm_batch batch;
    double best = 0;
    for (int epoch = 0, waited = 0; epoch < 50 && waited < 3; epoch++, waited++) {
        plm_status status = plm_data_rewind(train, epoch);
        while (status == PLM_OK && (status = plm_data_next(train, &batch)) == PLM_OK)
            status = plm_train_batch(m, &batch, log, 2);
        if (PLM_FAILED(status)) /* PLM_END, at the end of an epoch, is no error */
            return status;
        status = plm_evaluate(m, test, log, 2);
        if (PLM_FAILED(status))
            return status;
        printf("epoch %d: test loss %.4f, accuracy %.4f\n", epoch + 1, log[0].value, log[1].value);
        if (log[1].value > best) {
            best = log[1].value;
            waited = -1;
        }
    }
    printf("best accuracy %.4f\n", best);
    return PLM_OK;
}

int main(void)
{
    plm *w = plm_open(PLM_OPTIONS(.seed = 3));
    plm_data *train = plm_data_open(w, "digits | shuffle | batch(%d)", 32);
    plm_data *test = plm_data_split(train, "split(0.2, shuffle=true)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(100, activation=relu, kernel_initializer=he_normal)");
    plm_add(m, "dense(10, activation=softmax)");
    plm_status status =
        plm_compile(m, "sgd(0.05, momentum=0.9)", "sparse_categorical_crossentropy", "accuracy");
    if (!PLM_FAILED(status))
        status = loop(m, train, test);
    if (PLM_FAILED(status))
        fprintf(stderr, "%s: %s (%s)\n", plm_last_error(w)->where, plm_last_error(w)->what,
                plm_last_error(w)->hint);
    plm_model_free(m);
    plm_data_free(test);
    plm_data_free(train);
    plm_close(w);
    return PLM_FAILED(status);
}
