/* plummet train: trains the model of a run file, and writes its history and a model file. */
#include "options.h"
#include "training.h"

static const plm_cli_option options[] = {
    {"resume", 'r', "RUNDIR", "continue the run in this folder, from its last checkpoint"},
    {"dry-run", 'n', NULL, "print the resolved run file and the model, and stop"},
    {"watch", 'w', NULL,
     "draw the gradients, the updates and the share of dead units of each layer over time, as the "
     "doctor measures them"},
    {"json", 0, NULL, "print JSON on stdout, one object per line: epochs, then the result"},
    {"quiet", 'q', NULL, "print no progress, only results and errors"},
    {0}};

static const char sample[] = "data: csv('iris.csv', target=species) | shuffle | batch(16)\n"
                             "test: split(0.2, shuffle=true)\nmodel:\n  - normalization\n  - "
                             "dense(32, activation=relu)\n  - dense(3, "
                             "activation=softmax)\noptimizer: adam(1e-2)\n"
                             "epochs: 50";

static const char *const examples[] = {
    "plummet train adult.csv target=income",
    "a table: types of columns, net and training are chosen, and written to run.yaml",
    "plummet train digits",
    "the built-in run: 8x8 digits",
    "plummet train net.yaml epochs=3 out=first",
    "train a run file, with two keys replaced",
    "plummet train digits optimizer='sgd(0.1)' model.2='dense(50)'",
    "train with another optimizer and another layer",
    "plummet train --resume runs/digits-0001 epochs=50",
    "continue a run, with more epochs than before",
    "plummet train digits --watch epochs=5",
    "draw heat maps of the layers over time while the net trains",
    "plummet train digits --json epochs=2",
    "write JSON lines, for programs",
    NULL};

static int run(const plm_cli_call *call)
{
    return plm_cli_training_run(call, false);
}

const plm_cli_verb plm_verb_train = {
    .name = "train",
    .order = 10,
    .usage =
        "RUNFILE|TABLE|--resume RUNDIR [key=value ...] [--dry-run] [--watch] [--json] [--quiet]",
    .help = "trains the net of a run file; `train digits` needs no file",
    .details =
        "Trains the net that a run file describes. Writes its model (model.safetensors), its "
        "history (history.csv, a row per epoch; seconds count from the beginning), its last "
        "checkpoint and the run file with all settings (run.yaml) into the folder out. RUNFILE can "
        "also be the name of a built-in run: digits; or a table (.csv, .tsv, .txt, .data, .dat, "
        ".tab; .jsonl, .ndjson, .json; .db, .sqlite; .npy, .npz; also .gz; - = standard input) "
        "with target=COLUMN, for which `plummet init` shows the run file that is made.\n\nA run "
        "file is YAML: lines of 'key: value', where values are specs such as dense(10, "
        "activation=softmax). Each key can be replaced on the command line by key=value, one layer "
        "by model.INDEX=value, counted from 0.\n\nCtrl-C ends the training after the current batch "
        "and saves the model; a second Ctrl-C ends the command at once. The signals TERM, HUP (a "
        "closed terminal), QUIT, USR1 and XCPU end the training, too. With --resume the run "
        "continues from checkpoint.safetensors, from the batch where it was stopped. It uses the "
        "run.yaml of its folder, in which keys such as epochs can be replaced, too. A run that was "
        "resumed ends with the same model.safetensors and, except for the seconds, the same "
        "history.csv as a run that was never stopped. A run that has ended is not changed, unless "
        "more epochs are given.\n\n--watch lets the doctor watch the training (doctor=true) and "
        "draws what it measures: a line for each layer, the output first, and a character for each "
        "measured step. gradient is the root mean square of dz, the gradient with respect to the "
        "input of the activation; update is the size of a step divided by the size of the weights, "
        "healthy near 1e-3; dead is the share of units that gave 0 for each of at least 1,024 "
        "rows. On a terminal the maps are redrawn at most ten times a second and fit its lines; in "
        "a file or a pipe they are printed once, at the end.",
    .sample = sample,
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .max = 1,
    .run = run};
