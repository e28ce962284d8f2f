/* ggml, built with OpenBLAS (README.md has the commands): forward, backward and the optimizer's
 * step are one graph, made once by its ggml-opt. It has no gradient of ELU and no momentum:
 * ReLU, plain SGD; AdamW without decay is Adam. */
#include "peer.h"

#include <math.h>

#include "ggml-alloc.h"
#include "ggml-backend.h"
#include "ggml-blas.h"
#include "ggml-cpu.h"
#include "ggml-opt.h"
#include "ggml.h"

enum { NODES = 4096, TENSORS = 512 };

static peer p;
static ggml_backend_t backend[2]; /* products of matrices; all else */
static struct ggml_tensor *input, *weight[22], *bias[22];
static ggml_opt_context_t optimizer;
static struct ggml_tensor *one_row;
static struct ggml_cgraph *forward_graph;

static struct ggml_opt_optimizer_params rates(void *unused)
{
    struct ggml_opt_optimizer_params out = ggml_opt_get_default_optimizer_params(unused);
    out.adamw.alpha = out.sgd.alpha = p.work.rate;
    out.adamw.eps = 1e-7f;
    out.adamw.wd = out.sgd.wd = 0;
    return out;
}

static float step(int row)
{
    ggml_opt_alloc(optimizer, true);
    memcpy(input->data, p.x + (size_t)row * (size_t)p.inputs, ggml_nbytes(input));
    peer_targets(&p, row, ggml_opt_labels(optimizer)->data);
    ggml_opt_eval(optimizer, NULL);
    return *(float *)ggml_opt_loss(optimizer)->data;
}

static void predict(void)
{
    memcpy(one_row->data, p.x, ggml_nbytes(one_row));
    ggml_backend_graph_compute(backend[1], forward_graph);
}

static struct ggml_context *context(size_t bytes)
{
    const struct ggml_init_params said = {bytes, NULL, true};
    return ggml_init(said);
}

/* Weights between +-sqrt(6 / (fan in + fan out)), from a generator of its own. */
static void initialize(int layer)
{
    static unsigned state = 1;
    const float limit = sqrtf(6.0f / (float)(p.work.width[layer] + p.work.width[layer + 1]));
    float *w = weight[layer]->data;
    for (int64_t i = 0; i < ggml_nelements(weight[layer]); i++) {
        state = state * 1664525u + 1013904223u;
        w[i] = limit * (2.0f * (float)(state >> 8) / 16777216.0f - 1.0f);
    }
    memset(bias[layer]->data, 0, ggml_nbytes(bias[layer]));
}

static void make_parameters(void)
{
    struct ggml_context *c = context(ggml_tensor_overhead() * TENSORS);
    input = ggml_new_tensor_2d(c, GGML_TYPE_F32, p.inputs, p.work.batch);
    ggml_set_input(input);
    one_row = ggml_new_tensor_2d(c, GGML_TYPE_F32, p.inputs, 1);
    for (int i = 0; i < p.work.widths - 1; i++) {
        weight[i] = ggml_new_tensor_2d(c, GGML_TYPE_F32, p.work.width[i], p.work.width[i + 1]);
        bias[i] = ggml_new_tensor_1d(c, GGML_TYPE_F32, p.work.width[i + 1]);
        ggml_set_param(weight[i]);
        ggml_set_param(bias[i]);
    }
    ggml_backend_alloc_ctx_tensors(c, backend[1]);
    for (int i = 0; i < p.work.widths - 1; i++)
        initialize(i);
}

static struct ggml_tensor *forward(struct ggml_context *c, struct ggml_tensor *x)
{
    for (int i = 0; i < p.work.widths - 1; i++) {
        x = ggml_add(c, ggml_mul_mat(c, weight[i], x), bias[i]);
        x = i < p.work.widths - 2 ? ggml_relu(c, x) : x;
    }
    ggml_set_output(x);
    return x;
}

static void make_training(void)
{
    ggml_backend_sched_t plan = ggml_backend_sched_new(backend, NULL, 2, NODES, false, true);
    struct ggml_opt_params said =
        ggml_opt_default_params(plan, p.outputs == 1 ? GGML_OPT_LOSS_TYPE_MEAN_SQUARED_ERROR
                                                     : GGML_OPT_LOSS_TYPE_CROSS_ENTROPY);
    said.ctx_compute =
        context(NODES * ggml_tensor_overhead() + 3 * ggml_graph_overhead_custom(NODES, true));
    said.inputs = input;
    said.outputs = forward(said.ctx_compute, input);
    said.get_opt_pars = rates;
    said.optimizer =
        p.work.rate < 0.01f ? GGML_OPT_OPTIMIZER_TYPE_ADAMW : GGML_OPT_OPTIMIZER_TYPE_SGD;
    optimizer = ggml_opt_init(said);
}

static void make_prediction(void)
{
    struct ggml_context *c = context(TENSORS * ggml_tensor_overhead() + ggml_graph_overhead());
    forward_graph = ggml_new_graph(c);
    ggml_build_forward_expand(forward_graph, forward(c, one_row));
    ggml_backend_alloc_ctx_tensors(c, backend[1]);
}

int main(int argc, char **argv)
{
    p = peer_open(argc, argv);
    backend[0] = ggml_backend_blas_init();
    backend[1] = ggml_backend_cpu_init();
    ggml_backend_blas_set_n_threads(backend[0], p.threads);
    ggml_backend_cpu_set_n_threads(backend[1], p.threads);
    make_parameters();
    make_training();
    peer_run(&p, step);
    make_prediction();
    peer_latency(&p, predict);
    return 0;
}
