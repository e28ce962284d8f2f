/* The table of the keys of a run file: name, kind of value, range, and help. The command's help,
 * the manual and the checks of values all use this table. For a key that is not in the table, the
 * error suggests the most similar name. */
#include "run/machine.h"
#include "run/reading.h"
#include "run/runfile.h"

const plm_setting_key plm_run_keys[] = {
    {"data", PLM_SETTING_TEXT, "PIPELINE",
     "source of the rows, and transforms that are applied to them: \"csv('a.csv', target=y) | "
     "shuffle | batch(64)\"; without batch(...), batches have 32 rows",
     0, 0},
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "only if a table is given instead of a run file: the column to predict, by name or number; "
     "several columns: price,kind, each with its own output, in the order of the table",
     0, 0},
    {"weight", PLM_SETTING_TEXT, "COLUMN",
     "only if a table is given instead of a run file: the column with sample weights", 0, 0},
    {"group", PLM_SETTING_TEXT, "COLUMN",
     "only if a table is given instead of a run file: the column with the group of each row, such "
     "as the patient; rows of one "
     "group stay together when rows are set aside for test and validation; with lags or windows, "
     "each group is a series of its own",
     0, 0},
    {"lags", PLM_SETTING_COUNT, "N",
     "only if a table is given instead of a run file: the rows are a time series, and the target's "
     "values "
     "in the N rows before are inputs; the last rows are the test, the rows before them the "
     "validation",
     1, 10000},
    {"windows", PLM_SETTING_COUNT, "N",
     "as lags, but the inputs are the numbers of all columns in the N rows before; of the "
     "predicted row itself, only the dates are inputs",
     1, 10000},
    {"order", PLM_SETTING_TEXT, "COLUMN",
     "for a time series (lags or windows): column of dates, quarters, weeks or numbers such as "
     "years "
     "by which the rows are sorted; default: the first column of dates; if there is none, a column "
     "of numbers with a name of times, such as year or step",
     0, 0},
    PLM_READING_KEYS("only if a table is given instead of a run file"),
    {"memory", PLM_SETTING_COUNT, "BYTES",
     "only if a table is given instead of a run file: number of bytes of the table that are kept "
     "in memory; the rest is in temporary files; default: half the memory of the machine",
     1, INT64_C(1000000000000000)},
    {"max_memory", PLM_SETTING_COUNT, "BYTES",
     "only if a table is given instead of a run file: max number of bytes of its cells, in memory "
     "and in temporary files; a larger table is an error; default: no limit",
     1, INT64_C(1000000000000000)},
    {"spill", PLM_SETTING_TEXT, "FOLDER",
     "only if a table is given instead of a run file: the folder of these temporary files; "
     "default: /var/tmp, or /tmp if there is no /var/tmp",
     0, 0},
    {"effort", PLM_SETTING_WORD, "quick|default|high",
     "only if a table is given instead of a run file: quick = one net, default = three nets, "
     "high = five nets that train longer",
     0, 0},
    {"columns", PLM_SETTING_PAIRS, "PAIRS",
     "types for columns of a table(...), instead of the detected ones: {zip: category, id: drop}; "
     "possible types are number, category, words (a category in which NA is a word), date, "
     "labels, id and drop; numbers that are scaled otherwise: min_max, log, quantile; mean = "
     "missing numbers become the mean, not the median; decimal_comma and "
     "decimal_point for numbers; dmy, mdy and ymd for dates",
     0, 0},
    {"embed", PLM_SETTING_COUNT, "N",
     "category columns of a table(...) with more than N categories are encoded by embeddings, a "
     "learned vector for each category; 0 = no embeddings, all categories are one-hot; default: "
     "256 if the net is chosen automatically, otherwise 0",
     0, 1000000},
    {"validation", PLM_SETTING_TEXT, "PIPELINE",
     "rows on which each epoch is evaluated: split(0.1) sets a part of the data aside; or another "
     "pipeline; none = "
     "no validation",
     0, 0},
    {"test", PLM_SETTING_TEXT, "PIPELINE",
     "rows on which the trained net is evaluated once: split(0.2, shuffle=true) sets a part of the "
     "data aside before training; or another pipeline; none = no test",
     0, 0},
    {"define", PLM_SETTING_LIST, "NAME = SPEC",
     "names for specs, which other keys can use: 'he_avg = VarianceScaling(2, mode=fan_avg)', then "
     "kernel_initializer=he_avg; 'hidden = partial(Dense, activation=elu)', then hidden(100)",
     0, 0},
    {"search", PLM_SETTING_LIST, "NAME = RANGE",
     "only for `plummet search`: ranges for names that the key define defines: 'rate = "
     "log_uniform(1e-4, 0.1)', "
     "'units = whole(16, 256)', 'p = uniform(0, 0.5)', 'act = choice(relu, elu)'",
     0, 0},
    {"model", PLM_SETTING_LIST, "LAYERS",
     "the layers, first to last; without input(...), the shape of the data is used. The input of a "
     "layer is the output of the layer before, or of the layers that an arrow names: 'add() <- "
     "left right', after dense(10, name=left). '20 * dense(100) | batch_normalization' repeats "
     "this chain of layers 20 times; default for a table(...): three layers of 256 units, after an "
     "embedding of each number (RealMLP)",
     0, 0},
    {"outputs", PLM_SETTING_LIST, "NAMES",
     "the layers that are the outputs, in the order of the data's targets; "
     "default: the last layer",
     0, 0},
    {"start", PLM_SETTING_TEXT, "MODEL",
     "a trained model to start from: a model file, or the folder of a run, which is not changed. "
     "The layers of the key model are added after its layers",
     0, 0},
    {"cut", PLM_SETTING_TEXT, "N|NAMES",
     "the layers of start that are removed: its last N, or those whose names match: 'head|aux*'; "
     "default: 1 if model adds layers, else 0",
     0, 0},
    {"freeze", PLM_SETTING_TEXT, "NAMES",
     "frozen layers, whose weights are not trained, by name or pattern: 'dense*|norm'; with start, "
     "only the layers of the trained model can be frozen, so '*' freezes all of these; none = no "
     "layer; default: those that are frozen in start",
     0, 0},
    {"frozen_epochs", PLM_SETTING_COUNT, "N",
     "number of epochs at the beginning in which the layers of freeze are frozen; then all layers "
     "are trained; default: they stay frozen. Observers watch only the later epochs",
     1, 1000000000},
    {"unfreeze", PLM_SETTING_TEXT, "NAMES",
     "the frozen layers that are trained after frozen_epochs (without frozen_epochs: from the "
     "beginning); default: all layers of freeze",
     0, 0},
    {"frozen_optimizer", PLM_SETTING_TEXT, "SPEC",
     "the optimizer during frozen_epochs; default: the key optimizer. After these epochs the "
     "optimizer's state is reset",
     0, 0},
    {"learning_rate_factors", PLM_SETTING_LIST, "FACTORS",
     "factors of the learning rate for single layers: ['dense*=0.1'] trains them with a tenth of "
     "the optimizer's rate; ['*/bias=0.1'] does so for parameters; default: 1, or those of start",
     0, 0},
    {"unlabelled", PLM_SETTING_TEXT, "PIPELINE",
     "only for `plummet pretrain`: rows without labels (targets are ignored): 'fashion_mnist | "
     "take(50000) | shuffle'",
     0, 0},
    {"pretraining", PLM_SETTING_TEXT, "SPEC",
     "only for `plummet pretrain`: the method, such as autoencoder(20, noise=gaussian_noise(0.3)); "
     "default: "
     "autoencoder",
     0, 0},
    {"pseudo_labels", PLM_SETTING_TEXT, "CONFIDENCE",
     "only for `plummet pretrain`: minimum confidence, such as 0.95, with which the net must "
     "predict the class of an unlabelled row; after the fit, these rows are added to the data with "
     "the predicted class, and training continues; default: none",
     0, 0},
    {"pseudo_rounds", PLM_SETTING_COUNT, "N",
     "only for `plummet pretrain`: number of rounds of pseudo-labels, default 1", 1, 1000000},
    {"pseudo_epochs", PLM_SETTING_COUNT, "N",
     "only for `plummet pretrain`: epochs of each round of pseudo-labels; default: the key epochs",
     1, 1000000000},
    {"optimizer", PLM_SETTING_TEXT, "SPEC", "default: adam", 0, 0},
    {"loss", PLM_SETTING_LIST, "SPECS",
     "one loss for all outputs, or one loss for each output: [mse, "
     "sparse_categorical_crossentropy], or by name: "
     "[price=mse, kind=...]; default: chosen by the last layer and the target: softmax with class "
     "numbers: sparse_categorical_crossentropy, with one-hot rows: categorical_crossentropy; "
     "sigmoid with 0 and 1: binary_crossentropy; else mean_squared_error",
     0, 0},
    {"loss_weights", PLM_SETTING_LIST, "NUMBERS",
     "weight of each output's loss in the total loss: [1, 0.2], or by name: [kind=0.2]; default: 1 "
     "each",
     0, 0},
    {"metrics", PLM_SETTING_LIST, "SPECS",
     "for several outputs, one metric for each, or by name: 'price=[mae, mse]'; default: accuracy "
     "if the loss is a crossentropy or the data has classes",
     0, 0},
    {"epochs", PLM_SETTING_COUNT, "N",
     "passes over the data, default 10; 0 = the untrained net is evaluated and saved", 0,
     1000000000},
    {"steps_per_epoch", PLM_SETTING_COUNT, "N",
     "batches per epoch, default: all batches of the data. With this key, an epoch begins where "
     "the last one ended; after the last row the data begins again",
     1, 1000000000},
    {"nets", PLM_SETTING_COUNT, "N",
     "number of nets that are trained side by side and become one model, the mean of their "
     "outputs. Each net starts from other weights; if the validation is a split, each net holds "
     "out another part of the rows; default 1, for a table 3",
     1, 8},
    {"calibrate", PLM_SETTING_WORD, "true|false",
     "at the end, divide the logits of a classifier by a temperature that is fitted on the "
     "validation rows, so that its probabilities are calibrated; default false, for a table true",
     0, 0},
    {"time", PLM_SETTING_TEXT, "TIME",
     "end the training after this time and keep the best weights so far: 90s, 10m, 2h; --resume "
     "continues for the same time again; default: no limit",
     0, 0},
    {"validation_freq", PLM_SETTING_COUNT, "N",
     "evaluate the validation rows every N epochs, default 1", 1, 1000000000},
    {"observers", PLM_SETTING_LIST, "SPECS",
     "observers of the fit: [early_stopping(patience=5), terminate_on_nan]; `plummet describe "
     "observer` lists them",
     0, 0},
    {"checkpoint", PLM_SETTING_TEXT, "true|false|N",
     "write checkpoint.safetensors, from which train --resume continues: after every epoch, never, "
     "or after every N epochs; at most once a second, but always at the end and when the run is "
     "stopped; default true",
     0, 0},
    {"keep", PLM_SETTING_WORD, "best|last",
     "which weights the saved model gets: of the epoch with the best validation loss, or of the "
     "last epoch; default: best if there is a validation. Weights that an observer restores, and a "
     "moving average (use_ema), take precedence",
     0, 0},
    {"doctor", PLM_SETTING_WORD, "true|false|repair|doctor(repair=true)",
     "watch the training, and report as soon as possible what keeps the net from learning; the "
     "folder of the run then also has doctor.txt, doctor.json and readings.csv. The model is the "
     "same with the doctor and without. repair, or doctor(repair=true): also tries changes in "
     "short "
     "additional trainings, and begins again with the changes that are proven to help. Default "
     "false",
     0, 0},
    {"report", PLM_SETTING_WORD, "true|false",
     "write report.html into the folder of the run at its end: a page with the results of the "
     "run, for any browser, without a network; default true; only the command writes it",
     0, 0},
    {"class_weight", PLM_SETTING_LIST, "NUMBERS",
     "weight in the training loss of the rows of each class, class 0 first: [1, 5]; or by the "
     "names or numbers of classes: {yes: 5}, others weigh 1; balanced = the rows of each class "
     "have the same total weight; default: all 1",
     0, 0},
    {"seed", PLM_SETTING_COUNT, "N",
     "seed of all random numbers; the same seed gives the same results, bit for bit, on any number "
     "of threads; default 0",
     0, INT64_MAX},
    PLM_THREADS_KEYS,
    {"fingerprint", PLM_SETTING_TEXT, "SUM",
     "size and checksum of the data file. A run writes them into its run.yaml, and `plummet "
     "evaluate RUN` and `train --resume` stop with an error if the file has changed; you need not "
     "set this key",
     0, 0},
    {"name", PLM_SETTING_TEXT, "NAME", "name of the run, default: the name of the run file", 0, 0},
    {"out", PLM_SETTING_TEXT, "DIR",
     "folder of the results, default runs/NAME-0001, with the next free number", 0, 0},
    {"overwrite", PLM_SETTING_WORD, "true|false",
     "replace the run in the folder out as soon as the new run has finished an epoch; until then "
     "the old run stays; default false",
     0, 0},
    {"data_dir", PLM_SETTING_TEXT, "DIRS",
     "folders of named data sets, separated by ':'; default: $PLUMMET_DATA, then "
     "plummet's folders in the XDG data folders",
     0, 0},
    {"directory", PLM_SETTING_TEXT, "DIR",
     "folder that relative file names in data, start and data_dir start from; in a run file it is "
     "relative to the folder of the run file; default: the current folder. run.yaml has this key, "
     "so that it can be run from any folder",
     0, 0},
    {"outside", PLM_SETTING_WORD, "true|false",
     "true = observers may write files outside the run's folder; can be set only on the command "
     "line; default false",
     0, 0},
    {0}};
