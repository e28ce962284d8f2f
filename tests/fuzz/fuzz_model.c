/* Any bytes as a model file or, when they are none, as words: the first line optimizer, the
 * second loss, the third metrics, then a layer a line. What compiles must predict, learn, be
 * saved and come back. */
#include "fuzz_model.h"

enum { WIDEST = 4096, ROWS = 3 };

static size_t numbers(int rank, const int64_t *dims)
{
    size_t count = 1;
    for (int i = 0; i < rank; i++) {
        if (dims[i] > WIDEST || count * (size_t)dims[i] > WIDEST)
            return 0;
        count *= (size_t)dims[i];
    }
    return count;
}

/* A view of `rows` in front of the model's own shape. */
static plm_view view_of(float *data, int rank, const int64_t *dims)
{
    plm_view v = {.data = data, .dtype = PLM_F32, .rank = rank + 1, .dims = {ROWS}};
    for (int i = 0; i < rank; i++)
        v.dims[i + 1] = dims[i];
    return v;
}

static void must_have_reason(const plm *w, plm_status status)
{
    if (status < 0 && !*plm_last_error(w)->what)
        abort();
}

static void use(plm *w, plm_model *m)
{
    static float x[ROWS * WIDEST], y[ROWS * WIDEST];
    int64_t in[8] = {0}, out[8] = {0};
    const int in_rank = plm_model_input_shape(m, in), out_rank = plm_model_output_shape(m, out);
    if (in_rank < 0 || out_rank < 0 || in_rank > 7 || out_rank > 7 || !numbers(in_rank, in) ||
        !numbers(out_rank, out))
        return;
    for (size_t i = 0; i < ROWS * WIDEST; i++)
        x[i] = (float)(i % 7) - 3;
    const plm_view from = view_of(x, in_rank, in);
    plm_view to = view_of(y, out_rank, out);
    must_have_reason(w, plm_predict(m, &from, &to));
    for (size_t i = 0; i < ROWS * WIDEST; i++)
        y[i] = (float)(i % 2);
    plm_batch b = {.rows = ROWS, .inputs = 1, .targets = 1, .input = {from}, .target = {to}};
    must_have_reason(w, plm_train_batch(m, &b, NULL, 0));
    b.target[0].rank = out_rank > 0 ? out_rank : 1; /* class numbers */
    must_have_reason(w, plm_train_batch(m, &b, NULL, 0));
}

static void save_and_load(plm *w, plm_model *m)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/plummet-fuzz-%ld.st", (long)getpid());
    const plm_status status = plm_model_save(m, path, NULL);
    must_have_reason(w, status);
    if (status < 0)
        return;
    plm_model *back = plm_model_load(w, path, NULL);
    if (!back && plm_last_error(w)->status != PLM_E_MEMORY)
        abort();
    plm_model_free(back);
    (void)unlink(path);
}

/* A model that came from a checkpoint goes on with its training; what fits no training is told. */
static void resume(plm *w, plm_model *m, const char *path)
{
    static float x[2 * 4] = {1, 2, 3, 4, 5, 6, 7, 8}, y[2] = {0, 1};
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {2, 4}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {2}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(2)");
    const char *const observers = "early_stopping(loss, patience=9, restore_best_weights=true)";
    const plm_status status =
        plm_fit(m, d, PLM_FIT(.epochs = 3, .observers = observers, .resume = path));
    must_have_reason(w, status);
    plm_data_free(d);
}

/* The next line of *text, cut off. */
static char *line(char **text)
{
    char *start = *text, *end = strchr(start, '\n');
    *text = end ? end + 1 : start + strlen(start);
    if (end)
        *end = '\0';
    return start;
}

static plm_model *say(plm *w, const uint8_t *bytes, size_t n)
{
    char *text = calloc(1, n + 1), *rest = text;
    memcpy(text, bytes, n);
    plm_model *m = plm_model_new(w);
    const char *optimizer = line(&rest), *loss = line(&rest), *metrics = line(&rest);
    for (int layers = 0; *rest && layers < 50; layers++)
        plm_add(m, "%s", line(&rest));
    const plm_status status = plm_compile(m, *optimizer ? optimizer : NULL, *loss ? loss : NULL,
                                          *metrics ? metrics : NULL);
    must_have_reason(w, status);
    free(text);
    if (status >= 0)
        return m;
    plm_model_free(m);
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    size_t held = 0;
    plm *w = fuzz_open(&held);
    if (!w)
        return 0;
    const int file = fuzz_file(bytes, n, path);
    plm_model *m = plm_model_load(w, path, NULL);
    if (!m && n < 4096)
        m = say(w, bytes, n);
    if (m) {
        save_and_load(w, m);
        resume(w, m, path);
        use(w, m);
    }
    plm_model_free(m);
    close(file);
    fuzz_close(w, &held);
    return 0;
}
