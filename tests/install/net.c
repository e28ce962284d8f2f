/* The smallest use of plummet: learns XOR from arrays, and predicts. */
#include <plummet.h>

#include <math.h>
#include <stdio.h>

static int complain(const plm *w)
{
    const plm_error *e = plm_last_error(w);
    fprintf(stderr, "%s (%s): %s\n", e->what, e->where, e->hint);
    return 1;
}

int main(void)
{
    float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y[4] = {0, 1, 1, 0}, out[4];
    plm_view in = {x, PLM_F32, 2, {4, 2}}, target = {y, PLM_F32, 2, {4, 1}},
             result = {out, PLM_F32, 2, {4, 1}};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(%d, activation=tanh)", 16);
    plm_add(m, "dense(1, activation=sigmoid)");
    plm_data *d = plm_data_arrays(w, &in, &target, "batch(4)");
    if (plm_compile(m, "adam(0.05)", "binary_crossentropy", NULL) < 0 ||
        plm_fit(m, d, PLM_FIT(.epochs = 400)) < 0 || plm_predict(m, &in, &result) < 0)
        return complain(w);
    int wrong = 0;
    for (int i = 0; i < 4; i++)
        wrong += fabsf(out[i] - y[i]) > 0.3F;
    printf("plummet %s: %d of 4 wrong\n", plm_version(), wrong);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    return wrong != 0;
}
