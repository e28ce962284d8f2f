/* Load a model that was trained before and ask it about one row: load_predict MODEL x1 x2 ... */
#include <plummet.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 4096 };

static int complain(plm *w)
{
    const plm_error *e = plm_last_error(w);
    fprintf(stderr, "%s: %s\n%s\n", e->where, e->what, e->hint);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc - 2 > MOST) {
        fprintf(stderr, "usage: load_predict MODEL x1 x2 ...\n");
        return 2;
    }
    float x[MOST], y[MOST];
    for (int i = 2; i < argc; i++)
        x[i - 2] = strtof(argv[i], NULL);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_load(w, argv[1], NULL);
    int64_t in[8], out[8], inputs = 1, outputs = 1;
    const int in_rank = plm_model_input_shape(m, in), out_rank = plm_model_output_shape(m, out);
    for (int i = 0; i < in_rank; i++)
        inputs *= in[i];
    for (int i = 0; i < out_rank; i++)
        outputs *= out[i];
    int code = 0;
    if (m == NULL) {
        code = complain(w);
    } else if (inputs != argc - 2 || outputs > MOST) {
        fprintf(stderr, "the model takes %lld numbers and gives %lld\n", (long long)inputs,
                (long long)outputs);
        code = 2;
    } else if (plm_predict(m, &(plm_view){x, PLM_F32, 2, {1, inputs}},
                           &(plm_view){y, PLM_F32, 2, {1, outputs}}) < 0) {
        code = complain(w);
    } else {
        for (int64_t i = 0; i < outputs; i++)
            printf("%g\n", (double)y[i]);
    }
    plm_model_free(m);
    plm_close(w);
    return code;
}
