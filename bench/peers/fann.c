/* FANN 2.2 of Debian (libfann-dev; the float build, -lfloatfann). It knows no mini-batches, ELU,
 * softmax, cross-entropy or Adam: sigmoids, squared error, momentum, an update after every row.
 * One thread. */
#include "peer.h"

#include <floatfann.h>

static struct fann *net;
static struct fann_train_data *rows;
static int batch;

static float step(int row)
{
    fann_reset_MSE(net);
    for (int i = row; i < row + batch; i++)
        fann_train(net, rows->input[i], rows->output[i]);
    return fann_get_MSE(net);
}

static void make_rows(const peer *p)
{
    rows = fann_create_train((unsigned)p->rows, (unsigned)p->inputs, (unsigned)p->outputs);
    for (int i = 0; i < p->rows; i++) {
        memcpy(rows->input[i], p->x + (size_t)i * (size_t)p->inputs,
               sizeof(float) * (size_t)p->inputs);
        for (int k = 0; k < p->outputs; k++)
            rows->output[i][k] = p->outputs == 1 ? p->y[i] : (float)(p->label[i] == k);
    }
}

int main(int argc, char **argv)
{
    const peer p = peer_open(argc, argv);
    unsigned width[22];
    if (p.threads > 1)
        return 3;
    for (int i = 0; i < p.work.widths; i++)
        width[i] = (unsigned)p.work.width[i];
    batch = p.work.batch;
    net = fann_create_standard_array((unsigned)p.work.widths, width);
    const float spread = p.work.widths > 10 ? 0.15f : 0.05f;
    fann_randomize_weights(net, -spread, spread);
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_steepness_hidden(net, 1);
    fann_set_activation_function_output(net, p.outputs == 1 ? FANN_LINEAR : FANN_SIGMOID);
    fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(net, FANN_TRAIN_INCREMENTAL);
    fann_set_learning_rate(net, 0.002f);
    fann_set_learning_momentum(net, 0.9f);
    make_rows(&p);
    peer_run(&p, step);
    return 0;
}
