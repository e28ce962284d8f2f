/* plummet pretrain: trains a model like train, after its layers have learned from rows without
 * labels. */
#include "options.h"
#include "training.h"

static const plm_cli_option options[] = {
    {"resume", 'r', "RUNDIR",
     "continue the run in this folder, after the last completed layer or epoch"},
    {"dry-run", 'n', NULL, "print the resolved run file and the model, and stop"},
    {"json", 0, NULL,
     "print JSON on stdout, one object per line: epochs of pretraining and fit, then the result"},
    {"quiet", 'q', NULL, "print no progress, only results and errors"},
    {0}};

static const char sample[] = "data: fashion_mnist | skip(50000) | take(200) | shuffle\n"
                             "unlabelled: fashion_mnist | take(50000) | shuffle\npretraining: "
                             "autoencoder(20, noise=gaussian_noise(0.3))\ntest: "
                             "fashion_mnist(test)\nmodel:\n  - flatten\n  - rescaling(1/255)\n  - "
                             "dense(300, activation=elu, kernel_initializer=he_normal)\n  - "
                             "dense(10, activation=softmax)\n"
                             "epochs: 30";

static const char *const examples[] = {
    "plummet pretrain few-labels.yaml",
    "train autoencoders layer by layer, then the net on the labelled rows",
    "plummet train few-labels.yaml",
    "train the same net without pretraining, for comparison",
    "plummet pretrain few-labels.yaml pretraining='autoencoder(5, tied=true)'",
    "pretrain with other arguments of the autoencoder",
    "plummet train task.yaml start=runs/few-labels-0001/pretrained.safetensors",
    "start the training of another task from the pretrained net",
    NULL};

static int run(const plm_cli_call *call)
{
    return plm_cli_training_run(call, true);
}

const plm_cli_verb plm_verb_pretrain = {
    .name = "pretrain",
    .order = 50,
    .usage = "RUNFILE|--resume RUNDIR [key=value ...] [--dry-run] [--json] [--quiet]",
    .help = "pretrains a net on rows without labels, then trains it on rows with labels",
    .details =
        "For many rows without labels and few rows with labels. First each hidden dense layer "
        "learns to reconstruct its input from the rows of the key unlabelled (an autoencoder for "
        "each layer; the key pretraining sets its arguments, which `plummet describe pretraining "
        "autoencoder` lists). Then the net is trained on the key data, as by train. With "
        "pseudo_labels, unlabelled rows of whose class the net is certain join the data, and "
        "training continues.\n\nIt writes the same files as train into the folder out, and also "
        "pretrained.safetensors (the net before it saw a label: a good start for other runs) and "
        "pretraining.csv; with pseudo_labels, also pseudo_labels.safetensors, the checkpoint of "
        "the last round.\n\nCtrl-C ends it after the current batch and saves the model. With "
        "--resume the run continues: a layer whose autoencoder was stopped begins again, the fit "
        "continues from its checkpoint, and rounds of pseudo-labels begin again unless all have "
        "ended. The model is the same as that of a run that was never stopped.",
    .sample = sample,
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .max = 1,
    .run = run};
