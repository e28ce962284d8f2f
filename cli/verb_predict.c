/* plummet predict: writes one row of predictions for each row of data. */
#include <string.h>

#include "options.h"
#include "file.h"
#include "evaluation/predictions.h"
#include "output.h"
#include "run/reading.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "file for the predictions; default, and -: standard output"},
    {"format", 'f', "FORMAT",
     "format: csv, jsonl or npy; default: by the ending of FILE, otherwise csv"},
    {"monte-carlo", 'm', "N",
     "predict each row N times with dropout, and write mean and standard deviation of each output; "
     "for numbers also low and high, the ends of the 95 % interval"},
    {0}};

static const plm_setting_key keys[] = {
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "for a csv file: the target column, which is not given to the model", 0, 0},
    {"id", PLM_SETTING_TEXT, "COLUMN",
     "for a csv file: a column that is copied to the predictions; default: the id column of the "
     "training",
     0, 0},
    {"horizon", PLM_SETTING_COUNT, "N",
     "for a time series: also predict N rows after the last one, each from the earlier predictions",
     1, 100000},
    PLM_READING_KEYS("of a table"),
    {"seed", PLM_SETTING_COUNT, "N", "seed of the random numbers of --monte-carlo; default 0", 0,
     INT64_MAX},
    PLM_MACHINE_KEYS,
    {0}};

static const char *const examples[] = {
    "plummet predict runs/digits-0001 digits | head",
    "write class and probabilities as CSV",
    "plummet predict net.safetensors new.csv id=customer -o answers.jsonl",
    "write JSON lines, with the customer of each row",
    "plummet predict net.safetensors new.csv -o answers.npy",
    "write an array for NumPy",
    "gunzip -c new.csv.gz | plummet predict net.safetensors -",
    "read a table from a pipe",
    "plummet predict runs/sales-0001 sales.csv horizon=12",
    "predict a time series, and its next 12 values",
    "plummet predict runs/net-0001 new.csv --monte-carlo 100",
    "show how certain the model is, by Monte Carlo dropout",
    NULL};

/* Where the predictions are written to, and in which format. */
typedef struct {
    plm_predictions rows;
    plm_id_column id; /* open if rows.id points to it */
    plm_cli_file file;
    const char *path; /* NULL = standard output */
    /* exit code of an error in writing the file, which was reported; 0 = no error */
    int code;
} output;

/* Finds the destination and the format, and checks that neither model nor data is overwritten.
 * Without -o, or with -o -, the destination is standard output. Returns an exit code. */
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

/* Writes a text of the predictions, see plm_predictions.write. On a terminal, control characters
 * are escaped, since names of classes and cells may come from an untrusted file. */
static plm_status write_text(void *self, int64_t at, const plm_text *text)
{
    output *o = self;
    plm_text shown = {.w = text->w};
    if (!o->path && o->rows.format->texts && plm_cli_screen_of(stdout).terminal) {
        plm_text_add_lines(&shown, plm_text_get(text), 0);
        plm_cli_print(stdout, &shown);
    } else
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

/* Opens the data and, if it has one, the id column, which is copied to the predictions. Returns an
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
                                       "use a whole number from 1 to 1000000, such as 100",
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
    .help = "writes a row of predictions for each row of data",
    .details = "Runs a model over data and writes a row for each row of data: the class and the "
               "probabilities if the model predicts classes, otherwise its outputs. If there are "
               "several outputs, they follow one another, and each title begins with the name of "
               "the output. A single sigmoid gives the probability of class 1, probability_1. "
               "MODEL and DATA are as for evaluate, except that a table needs no target column. "
               "Each row occurs once, in its order: shuffle and drop_remainder in DATA are ignored "
               "with a warning, while take, skip, keep_classes and drop_classes pick rows. For a "
               "time series, whose model was trained with lags, the first rows get no prediction, "
               "since too few rows are before them. A file appears under its name only when it is "
               "complete.\n\n--monte-carlo N predicts each row N times with dropout and noise. For "
               "each output it writes the mean and the standard deviation, and for probabilities "
               "the entropy of the mean in nats: 0 = certain, the logarithm of the number of "
               "classes = all classes are equally likely (Gal and Ghahramani, Dropout as a "
               "Bayesian approximation, 2016).",
    .options = options,
    .keys = keys,
    .examples = examples,
    .min = 2,
    .max = 2,
    .run = run};
