/* plummet predict: one row of predictions for each row of data. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"
#include "predictions.h"
#include "source.h"
#include "verbs.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "where the rows go; default, and -: standard output"},
    {"format", 'f', "FORMAT", "csv, jsonl or npy; default: by the ending of FILE, else csv"},
    {"monte-carlo", 'm', "N",
     "predict N times with dropout at work: mean and standard deviation of each output"},
    {0}};

static const plm_setting_key keys[] = {
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "of a csv file: a column of answers, which is not shown to the model", 0, 0},
    {"seed", PLM_SETTING_COUNT, "N", "of the random numbers of --monte-carlo; default 0", 0,
     INT64_MAX},
    {"threads", PLM_SETTING_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_SETTING_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"data_dir", PLM_SETTING_TEXT, "DIRS", "folders of named data sets, separated by ':'", 0, 0},
    {0}};

static const char *const examples[] = {"plummet predict runs/digits-0001 digits | head",
                                       "class and probabilities, as CSV",
                                       "plummet predict net.safetensors new.csv -o answers.npy",
                                       "numbers for NumPy",
                                       "gunzip -c new.csv.gz | plummet predict net.safetensors -",
                                       "a table from a pipe",
                                       "plummet predict runs/net-0001 new.csv --monte-carlo 100",
                                       "how sure the model is, by Monte Carlo dropout",
                                       NULL};

/* Where the predictions go, and as what. */
typedef struct {
    plm_cli_file file;
    const char *path; /* NULL = standard output */
    const plm_cli_writer *writer;
    plm_cli_row columns;
    int64_t rows, promised; /* written; as the head of the file tells */
    int64_t samples;        /* 0 = one prediction without noise */
    bool moved;             /* a deviation was above 0 */
} output;

/* Room for the predictions of a batch. */
typedef struct {
    int64_t rows;
    float *y[PLM_CLI_OUTPUT_MOST], *deviation[PLM_CLI_OUTPUT_MOST];
} room;

static plm_cli_meaning meaning_of(const char *loss, int columns)
{
    bool logits = strstr(loss, "from_logits=true");
    if (!strstr(loss, "crossentropy"))
        return PLM_CLI_OUTPUTS;
    if (columns == 1)
        return logits ? PLM_CLI_OUTPUTS : PLM_CLI_ONE_OF_TWO;
    if (strstr(loss, "binary")) /* several labels at once: no single class */
        return PLM_CLI_OUTPUTS;
    return logits ? PLM_CLI_LOGITS : PLM_CLI_CLASSES;
}

/* What the outputs of the model are called and mean. */
static void find_columns(const plm_model *m, output *o)
{
    plm_port port;
    o->columns.outputs = plm_model_outputs(m, -1, NULL);
    for (int k = 0; k < o->columns.outputs; k++) {
        plm_cli_columns *c = &o->columns.of[k];
        (void)plm_model_outputs(m, k, &port);
        c->name = o->columns.outputs > 1 ? port.name : NULL;
        c->columns = 1;
        for (int i = 0; i < port.rank; i++)
            c->columns *= (int)port.dims[i];
        c->meaning = meaning_of(port.loss, c->columns);
        c->spread = o->samples > 0;
    }
}

/* The format that the ending of a file names; a name without one, such as /dev/null, is csv. */
static int format_of(const char *path, const char **out)
{
    static const char *const known[] = {"csv", "jsonl", "npy", NULL};
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    *out = "csv";
    for (int i = 0; dot && known[i]; i++)
        if (!strcasecmp(dot + 1, known[i])) {
            *out = known[i];
            return PLM_EXIT_GOOD;
        }
    if (!dot || !dot[1])
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, path,
                        "end the name in .csv, .jsonl or .npy, or say which it shall be: "
                        "--format csv",
                        "no format has the ending %s", dot);
}

/* Without -o, and with -o -, the rows go to standard output. */
static int open_output(output *o, const plm_cli_call *call)
{
    const char *format = plm_cli_option_of(call, "format");
    o->path = plm_cli_option_of(call, "output");
    if (o->path && !strcmp(o->path, "-"))
        o->path = NULL;
    int code = !format && o->path ? format_of(o->path, &format) : PLM_EXIT_GOOD;
    if (code)
        return code;
    o->writer = plm_cli_writer_find(format);
    if (!o->writer)
        return PLM_EXIT_USAGE;
    if (o->samples && !o->writer->spread)
        return plm_cli_fail(PLM_EXIT_USAGE, "--format", "write csv or jsonl",
                            "%s has no place for deviations", o->writer->name);
    if (!o->path && o->writer->counts)
        return plm_cli_fail(PLM_EXIT_USAGE, "--format", "name a file: -o FILE",
                            "%s cannot be written to a stream", o->writer->name);
    return PLM_EXIT_GOOD;
}

/* rows = how many there will be; -1 = unknown. */
static int begin_output(output *o, int64_t rows)
{
    int code = plm_cli_file_open(&o->file, o->path);
    if (code)
        return code;
    o->promised = rows < 0 ? 0 : rows;
    if (o->writer->begin)
        o->writer->begin(o->file.f, &o->columns, o->promised);
    return PLM_EXIT_GOOD;
}

/* A file appears under its name only when it is complete. */
static int end_output(output *o, int code)
{
    if (!code && o->writer->counts && o->rows != o->promised) {
        code = plm_cli_file_pass(&o->file);
        o->writer->begin(o->file.f, &o->columns, o->rows);
        code = code ? code : plm_cli_file_over(&o->file);
    }
    return plm_cli_file_close(&o->file, code);
}

/* A batch's predictions of output k in the caller's memory: rows of its shape. */
static plm_view view_of(const plm_model *m, int k, float *values, int64_t rows)
{
    plm_port port;
    plm_view view = {.data = values, .dtype = PLM_F32, .dims = {rows}};
    (void)plm_model_outputs(m, k, &port);
    view.rank = port.rank + 1;
    memcpy(view.dims + 1, port.dims, (size_t)port.rank * sizeof *port.dims);
    return view;
}

static void make_room(const output *o, room *r, int64_t rows)
{
    for (int k = 0; k < o->columns.outputs && rows > r->rows; k++) {
        size_t bytes = (size_t)rows * (size_t)o->columns.of[k].columns * sizeof(float);
        free(r->y[k]);
        free(r->deviation[k]);
        r->y[k] = plm_cli_take(bytes);
        r->deviation[k] = o->samples ? plm_cli_take(bytes) : NULL;
    }
    r->rows = rows > r->rows ? rows : r->rows;
}

static plm_status predict_batch(plm_job *j, const output *o, const plm_batch *batch, room *r)
{
    plm_view y[PLM_CLI_OUTPUT_MOST], deviation[PLM_CLI_OUTPUT_MOST];
    int outputs = o->columns.outputs;
    make_room(o, r, batch->rows);
    for (int k = 0; k < outputs; k++) {
        y[k] = view_of(j->model, k, r->y[k], batch->rows);
        deviation[k] = view_of(j->model, k, r->deviation[k], batch->rows);
    }
    return o->samples ? plm_predict_several_monte_carlo(j->model, batch->inputs, batch->input,
                                                        (int)o->samples, outputs, y, deviation)
                      : plm_predict_several(j->model, batch->inputs, batch->input, outputs, y);
}

static void write_batch(output *o, const room *r, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        plm_cli_values v = {.y = {NULL}};
        for (int k = 0; k < o->columns.outputs; k++) {
            int columns = o->columns.of[k].columns;
            v.y[k] = r->y[k] + i * columns;
            v.deviation[k] = o->samples ? r->deviation[k] + i * columns : NULL;
            for (int n = 0; o->samples && n < columns; n++)
                o->moved = o->moved || v.deviation[k][n] > 0;
        }
        o->writer->row(o->file.f, &o->columns, &v);
    }
    o->rows += rows;
}

static int predict_rows(plm_job *j, output *o)
{
    plm_batch batch;
    room r = {0};
    plm_status status = PLM_OK;
    int code = PLM_EXIT_GOOD;
    while (!code && (status = plm_data_next(j->data, &batch)) == PLM_OK) {
        status = predict_batch(j, o, &batch, &r);
        if (status < 0)
            break;
        write_batch(o, &r, batch.rows);
        code = plm_cli_file_pass(&o->file);
    }
    for (int k = 0; k < o->columns.outputs; k++) {
        free(r.y[k]);
        free(r.deviation[k]);
    }
    if (!code && status >= 0 && o->samples > 1 && o->rows && !o->moved)
        plm_cli_warn("all samples are the same: the model has no dropout or noise");
    return status < 0 ? plm_cli_fail_status(j->w, status, NULL) : code;
}

static int read_samples(output *o, const plm_cli_call *call)
{
    const char *text = plm_cli_option_of(call, "monte-carlo");
    if (text && !(plm_cli_whole(text, &o->samples) && o->samples >= 1 && o->samples <= 1000000))
        return plm_cli_fail(PLM_EXIT_USAGE, "--monte-carlo",
                            "a whole number from 1 to 1000000, such as 100",
                            "the number of samples cannot be '%s'", text);
    return PLM_EXIT_GOOD;
}

static int refuse_input(const char *path, const char *input)
{
    return plm_cli_fail(PLM_EXIT_USAGE, path, "name another file: -o answers.csv",
                        "the predictions would replace what they are made from, %s", input);
}

/* Neither the model nor a file of the data may be what the predictions are written to. */
static int keep_inputs(const output *o, plm_cli_work *work)
{
    const char *data = work->call->argument[1],
               *model = plm_run_model_file(&work->settings.arena, work->call->argument[0]);
    int code = plm_cli_is_same_file(o->path, model) ? refuse_input(o->path, model) : PLM_EXIT_GOOD;
    if (!code && plm_cli_is_same_file(o->path, strcmp(data, "-") ? data : "/dev/stdin"))
        code = refuse_input(o->path, data);
    for (const char *c = strpbrk(data, "'\""); !code && c; c = strpbrk(c, "'\"")) {
        const char *end = strchr(c + 1, *c); /* 'a.csv' of a pipeline */
        if (!end)
            break;
        char *file = plm_cli_format("%.*s", (int)(end - c - 1), c + 1);
        code = plm_cli_is_same_file(o->path, file) ? refuse_input(o->path, file) : PLM_EXIT_GOOD;
        free(file);
        c = end + 1;
    }
    return code;
}

static int predict(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    plm_settings *s = &work->settings;
    plm_job *j = &work->job;
    output o = {0};
    int code = plm_cli_work_settings(work);
    code = code ? code : read_samples(&o, call);
    code = code ? code : plm_cli_check_order(call);
    code = code ? code : open_output(&o, call);
    code = code ? code : keep_inputs(&o, work);
    code = code ? code : plm_cli_code(work->home.w, plm_job_open(j, s));
    code =
        code ? code : plm_cli_code(work->home.w, plm_job_load(j, s, call->argument[0], NULL, NULL));
    code =
        code ? code : plm_cli_source_inputs(work, call->argument[1], plm_setting_text(s, "target"));
    if (code)
        return code;
    find_columns(j->model, &o);
    if (o.columns.outputs > 1 && !o.writer->several)
        return plm_cli_fail(PLM_EXIT_USAGE, "--format", "write csv or jsonl",
                            "%s holds one array, and the model has %d outputs", o.writer->name,
                            o.columns.outputs);
    code = begin_output(&o, j->about.rows);
    return code ? code : end_output(&o, predict_rows(j, &o));
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, predict);
}

const plm_cli_verb plm_verb_predict = {
    .name = "predict",
    .usage = "MODEL DATA [key=value ...] [-o FILE] [--format FORMAT] [--monte-carlo N]",
    .help = "one row of predictions for each row of data",
    .details = "Runs a model over data and writes a row for each row: the class and its "
               "probabilities where the model tells classes apart, else its outputs; of several "
               "outputs one after the other, their titles begun by the output's name. One sigmoid "
               "gives the probability of class 1, probability_1. MODEL and DATA are as for "
               "evaluate, but that a table needs no column of answers. Rows come in their order, "
               "each once: shuffle and drop_remainder in DATA are left out with a warning; take, "
               "skip, keep_classes and drop_classes pick rows as they say. A file appears under "
               "its name only when it is complete.\n\n"
               "--monte-carlo N predicts each row N times with dropout and noise at work and "
               "writes for each output "
               "the mean and the standard deviation, and for probabilities the entropy of the mean "
               "in nats: 0 = "
               "certain, the logarithm of the number of classes = any class is as good (Gal and "
               "Ghahramani, Dropout as a "
               "Bayesian approximation, 2016).",
    .options = options,
    .keys = keys,
    .examples = examples,
    .least = 2,
    .most = 2,
    .run = run};
