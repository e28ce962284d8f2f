/* plummet pretrain: trains a model as train does, after its layers have learned from rows without
 * labels. */
#include "options.h"
#include "training.h"

static const plm_cli_option options[] = {
    {"resume", 'r', "RUNDIR",
     "go on with the run in this folder, after the last layer or epoch that is done"},
    {"dry-run", 'n', NULL, "print the resolved run file and the model, and stop"},
    {"json", 0, NULL, "one JSON object a line on stdout: epochs of either kind, then the result"},
    {"quiet", 'q', NULL, "no progress, only results and errors"},
    {0}};

static const char sample[] = "data: fashion_mnist | skip(50000) | take(200) | shuffle\n"
                             "unlabelled: fashion_mnist | take(50000) | shuffle\n"
                             "pretraining: autoencoder(20, noise=gaussian_noise(0.3))\n"
                             "test: fashion_mnist(test)\n"
                             "model:\n"
                             "  - flatten\n"
                             "  - rescaling(1/255)\n"
                             "  - dense(300, activation=elu, kernel_initializer=he_normal)\n"
                             "  - dense(10, activation=softmax)\n"
                             "epochs: 30";

static const char *const examples[] = {
    "plummet pretrain few-labels.yaml",
    "autoencoders layer by layer, then the fit on the labelled rows",
    "plummet train few-labels.yaml",
    "the same net from scratch, to compare",
    "plummet pretrain few-labels.yaml pretraining='autoencoder(5, tied=true)'",
    "another way",
    "plummet train task.yaml start=runs/few-labels-0001/pretrained.safetensors",
    "what was pretrained, for another task",
    NULL};

static int run(const plm_cli_call *call)
{
    return plm_cli_training_run(call, true);
}

const plm_cli_verb plm_verb_pretrain = {
    .name = "pretrain",
    .order = 50,
    .usage = "RUNFILE|--resume RUNDIR [key=value ...] [--dry-run] [--json] [--quiet]",
    .help = "pretrains a net on rows without labels, then trains it on a few with labels",
    .details = "For many rows without labels and few with them. First each hidden dense layer "
               "learns to reconstruct its input from the rows of unlabelled (an autoencoder for "
               "each layer; the key pretraining sets its arguments, `plummet describe pretraining "
               "autoencoder` lists them). Then the net trains on data as train does. With "
               "pseudo_labels, "
               "unlabelled rows that the net is sure of join the data, and it trains on.\n\n"
               "Leaves in the folder out what train does, pretrained.safetensors (the net before "
               "it saw a label: a good start "
               "for other runs) and pretraining.csv; with pseudo_labels, also "
               "pseudo_labels.safetensors, the checkpoint of the last round.\n\n"
               "Ctrl-C ends it after the running batch and saves the model. With --resume the run "
               "goes on: a layer whose "
               "autoencoder was stopped begins again, the fit goes on from its checkpoint, rounds "
               "of pseudo-labels begin "
               "again unless all have ended; the model is that of a run that was never stopped.",
    .sample = sample,
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .max = 1,
    .run = run};
