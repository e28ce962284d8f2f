/* plummet predict: writes one row of predictions for each row of data. */
#include <string.h>

#include "options.h"
#include "file.h"
#include "evaluation/predictions.h"
#include "run/reading.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "where the rows go; default, and -: standard output"},
    {"format", 'f', "FORMAT", "csv, jsonl or npy; default: by the ending of FILE, else csv"},
    {"monte-carlo", 'm', "N",
     "predict N times with dropout at work: mean and deviation of each output; of numbers also low "
     "and high, the ends of an interval of 95 %"},
    {0}};

static const plm_setting_key keys[] = {
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "of a csv file: a column of answers, which is not shown to the model", 0, 0},
    {"id", PLM_SETTING_TEXT, "COLUMN",
     "of a csv file: a column that is copied beside the predictions; default: the one that the "
     "training calls an id",
     0, 0},
    {"horizon", PLM_SETTING_COUNT, "N",
     "of a series: predict N rows behind the last one, too, each from the predictions before it", 1,
     100000},
    PLM_READING_KEYS("of a table"),
    {"seed", PLM_SETTING_COUNT, "N", "of the random numbers of --monte-carlo; default 0", 0,
     INT64_MAX},
    {"threads", PLM_SETTING_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_SETTING_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"data_dir", PLM_SETTING_TEXT, "DIRS", "folders of named data sets, separated by ':'", 0, 0},
    {0}};

static const char *const examples[] = {
    "plummet predict runs/digits-0001 digits | head",
    "class and probabilities, as CSV",
    "plummet predict net.safetensors new.csv id=size -o answers.jsonl",
    "as JSON lines, with a column of the table beside them",
    "plummet predict net.safetensors new.csv id=customer -o answers.jsonl",
    "JSON lines, with a column of the table beside the answers",
    "plummet predict net.safetensors new.csv -o answers.npy",
    "numbers for NumPy",
    "gunzip -c new.csv.gz | plummet predict net.safetensors -",
    "a table from a pipe",
    "plummet predict runs/sales-0001 sales.csv horizon=12",
    "a series, and the 12 values that come next",
    "plummet predict runs/net-0001 new.csv --monte-carlo 100",
    "how sure the model is, by Monte Carlo dropout",
    NULL};

/* Where the predictions are written, and in which format. */
typedef struct {
    plm_predictions rows;
    plm_id_column id; /* open if rows.id points to it */
    plm_cli_file file;
    const char *path; /* NULL = standard output */
    int code; /* exit code of a file that could not be written, which was reported; else 0 */
} output;

/* Finds where to write and in which format, and checks that neither model nor data is replaced.
 * Without -o, or with -o -, it is standard output. Returns an exit code. */
static int open_output(output *o, plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    plm *w = work->home.w;
    o->path = plm_cli_option_of(call, "output");
    if (o->path && !strcmp(o->path, "-"))
        o->path = NULL;
    o->rows.format = plm_prediction_format_find(w, "--format", plm_cli_option_of(call, "format"),
                                                o->path, o->rows.samples > 0);
    if (!o->rows.format)
        return plm_cli_code(w, PLM_E_SPEC);
    const char *model = plm_run_model_file(&work->settings.arena, call->argument[0]);
    return plm_cli_code(w, plm_predictions_keep_inputs(w, o->path, model, call->argument[1]));
}

/* Writes a text of the predictions, see plm_predictions.write. */
static plm_status write_text(void *self, int64_t at, const plm_text *text)
{
    output *o = self;
    fwrite(plm_text_get(text), 1, text->length, o->file.f);
    o->code = at ? plm_cli_file_pass(&o->file) : plm_cli_file_over(&o->file);
    return o->code ? PLM_E_IO : PLM_OK;
}

/* Predicts and writes all rows. A file appears under its name only when it is complete. Returns an
 * exit code. */
static int write_all(output *o, plm_job *j)
{
    int code = plm_cli_file_open(&o->file, o->path);
    if (code)
        return code;
    const plm_status status = plm_predictions_run(&o->rows, j);
    code = o->code ? o->code : plm_cli_code(j->home, status);
    return plm_cli_file_close(&o->file, code);
}

/* Opens the data, and the column that is copied beside the predictions, if there is one. Returns an
 * exit code. */
static int open_rows(output *o, plm_cli_work *work)
{
    plm_settings *s = &work->settings;
    plm_job_table table;
    bool found = false;
    const int code = plm_cli_source_open(work, false, &table);
    if (code || (!o->rows.format->texts && !plm_setting_text(s, "id")))
        return code;
    const plm_status status =
        plm_id_column_open(&o->id, &work->job, s, &table, plm_setting_text(s, "id"), &found);
    o->rows.id = found ? &o->id : NULL;
    return plm_cli_code(work->home.w, status);
}

/* Checks the command line, opens model and data, and predicts. Returns an exit code. */
static int predict(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    plm_settings *s = &work->settings;
    plm_job *j = &work->job;
    output o = {.rows = {.write = write_text, .self = &o}};
    int code = plm_cli_work_settings(work);
    code = code ? code
                : plm_cli_whole_option(call, "monte-carlo", 1, 1000000, "the number of samples",
                                       "a whole number from 1 to 1000000, such as 100",
                                       &o.rows.samples);
    code = code ? code : plm_cli_check_order(call);
    code = code ? code : open_output(&o, work);
    code = code ? code : plm_cli_code(work->home.w, plm_job_open(j, s));
    code =
        code ? code : plm_cli_code(work->home.w, plm_job_load(j, s, call->argument[0], NULL, NULL));
    code = code ? code : open_rows(&o, work);
    code = code ? code : plm_cli_code(work->home.w, plm_predictions_open(&o.rows, j, "--format"));
    code = code ? code : write_all(&o, j);
    if (o.rows.id)
        plm_id_column_close(o.rows.id);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, predict);
}

const plm_cli_verb plm_verb_predict = {
    .name = "predict",
    .order = 30,
    .usage = "MODEL DATA [key=value ...] [-o FILE] [--format FORMAT] [--monte-carlo N]",
    .help = "one row of predictions for each row of data",
    .details =
        "Runs a model over data and writes a row for each row: the class and its "
        "probabilities where the model tells classes apart, else its outputs; of several "
        "outputs one after the other, their titles begun by the output's name. One sigmoid "
        "gives the probability of class 1, probability_1. MODEL and DATA are as for "
        "evaluate, but that a table needs no column of answers. Rows come in their order, "
        "each once: shuffle and drop_remainder in DATA are left out with a warning; take, "
        "skip, keep_classes and drop_classes pick rows as they say. Of a series, whose model was "
        "trained with lags, the first rows get no prediction, since they have too few rows "
        "before them. A file appears under "
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
    .min = 2,
    .max = 2,
    .run = run};
