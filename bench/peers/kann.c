/* KANN, built with OpenBLAS (README.md has the commands). It has no ELU, momentum or Adam: ReLU
 * and RMSprop. On several threads it splits the batch, a copy of the net for each; the BLAS
 * itself should then use one thread. */
#include "peer.h"

#include "kann.h"

static peer p;
static kann_t *net, *single;
static float *x, *y, *squares;

static float step(int row)
{
    memcpy(x, p.x + (size_t)row * (size_t)p.inputs,
           sizeof *x * (size_t)p.inputs * (size_t)p.work.batch);
    peer_targets(&p, row, y);
    const float loss = kann_cost(net, 0, 1);
    kann_RMSprop(kann_size_var(net), p.work.rate < 0.01f ? p.work.rate : 1e-3f, NULL, 0.9f, net->g,
                 net->x, squares);
    return loss;
}

static void predict(void)
{
    kann_apply1(single, p.x);
}

static void build(void)
{
    kad_node_t *layer = kann_layer_input(p.inputs);
    for (int i = 1; i < p.work.widths - 1; i++)
        layer = kad_relu(kann_layer_dense(layer, p.work.width[i]));
    net = kann_new(kann_layer_cost(layer, p.outputs, p.outputs == 1 ? KANN_C_MSE : KANN_C_CEM), 0);
    single = kann_clone(net, 1);
    kann_set_batch_size(net, p.work.batch);
}

int main(int argc, char **argv)
{
    p = peer_open(argc, argv);
    build();
    x = calloc((size_t)p.work.batch * (size_t)p.inputs, sizeof *x);
    y = calloc((size_t)p.work.batch * (size_t)p.outputs, sizeof *y);
    squares = calloc((size_t)kann_size_var(net), sizeof *squares);
    kann_feed_bind(net, KANN_F_IN, 0, &x);
    kann_feed_bind(net, KANN_F_TRUTH, 0, &y);
    kann_switch(net, 1);
    if (p.threads > 1)
        kann_mt(net, p.threads, p.work.batch);
    peer_run(&p, step);
    kann_switch(single, 0);
    peer_latency(&p, predict);
    return 0;
}
