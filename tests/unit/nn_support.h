/* What the tests of activations, losses, initializers and optimizers share: a runtime, specs
 * bound in a line, and a small net by hand: x -> prelu(alpha) -> ops -> loss, whose gradient of
 * alpha is checked by differences. */
#ifndef PLM_TESTS_NN_SUPPORT_H
#define PLM_TESTS_NN_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "graph/plan.h"
#include "nn/nn.h"
#include "op/op.h"

/* Rounding of the engine's numbers against a computation in double. */
static inline double rounding(double in_float, double in_double)
{
    return sizeof(plm_real) == sizeof(float) ? in_float : in_double;
}

static inline plm *open_runtime(const char *isa)
{
    plm *w =
        plm_open(&(plm_options){.size = sizeof(plm_options), .isa = isa, .threads = 1, .seed = 7});
    assert_non_null(w);
    return w;
}

static inline const plm_spec *parse(plm_arena *a, const char *text)
{
    const plm_spec *spec = NULL;
    assert_int_equal(plm_spec_parse(a, text, &spec), PLM_OK);
    return spec;
}

static inline const plm_kind *bind(plm_arena *a, const char *family, const char *text,
                                   const void **config)
{
    const plm_kind *kind = NULL;
    if (plm_kind_bind(a, family, parse(a, text), &kind, config) < 0)
        fail_msg("%s %s: %s", family, text, plm_last_error(a->w)->what);
    return kind;
}

static inline void assert_near(double got, double expected, double tolerance, const char *what,
                               size_t at)
{
    const double size = fabs(expected) > 1 ? fabs(expected) : 1;
    if (!(fabs(got - expected) <= tolerance * size))
        fail_msg("%s [%zu]: got %.12g, expected %.12g", what, at, got, expected);
}

/* ---- a net by hand ---- */

enum { NET_ROWS = 5 };

typedef struct {
    plm_arena arena;
    plm_graph graph;
    plm_plan *plan;
    plm_value x, target, weight, alpha, loss;
    plm_real *p, *g;
    size_t alphas;
    float *input, *goal, *weights; /* NET_ROWS rows each; weights may be NULL */
} net;

typedef struct {
    plm_shape shape;         /* of the input */
    const int64_t *alpha;    /* its dims; NULL = those of shape */
    const plm_shape *target; /* NULL = as the last op's output */
    const char *ops[4];      /* after prelu, ended by NULL */
    const char *loss;        /* spec of op loss */
    bool weighted;
} net_request;

static inline void net_open(net *t, plm *w, const net_request *r)
{
    memset(t, 0, sizeof *t);
    t->arena.w = w;
    assert_int_equal(plm_graph_open(&t->graph, &t->arena), PLM_OK);
    t->x = plm_graph_input(&t->graph, PLM_FROM_INPUT, 0, &r->shape);
    plm_weight weight = {
        .name = "a/alpha", .layer = "a", .rank = r->shape.rank, .trainable = true, .count = 1};
    for (int i = 0; i < r->shape.rank; i++) {
        weight.dims[i] = r->alpha ? r->alpha[i] : r->shape.dims[i];
        weight.count *= (size_t)weight.dims[i];
    }
    weight.size = (weight.count + 15) / 16 * 16;
    t->alphas = weight.count;
    t->alpha = plm_graph_parameter(&t->graph, &weight);
    plm_value y = plm_graph_emit(&t->graph, "test", 2, (plm_value[]){t->x, t->alpha}, "prelu");
    for (int i = 0; i < 4 && r->ops[i]; i++)
        y = plm_graph_emit(&t->graph, "test", 1, &y, r->ops[i]);
    if (y.id == 0)
        fail_msg("%s: %s", r->ops[0], plm_last_error(w)->what);
    const plm_shape target = r->target ? *r->target : *plm_graph_shape(&t->graph, y);
    const plm_shape one = plm_shape_of(0, NULL);
    t->target = plm_graph_input(&t->graph, PLM_FROM_TARGET, 0, &target);
    t->weight = plm_graph_input(&t->graph, PLM_FROM_SAMPLE_WEIGHT, 0, &one);
    t->loss = plm_graph_emit(&t->graph, "test", r->weighted ? 3 : 2,
                             (plm_value[]){y, t->target, t->weight}, r->loss);
    if (t->loss.id == 0)
        fail_msg("%s: %s", r->loss, plm_last_error(w)->what);
    t->p = plm_allocate_array(w, 2 * weight.size, sizeof *t->p);
    t->g = t->p + weight.size;
    const plm_plan_options o = {
        .training = true, .capacity = NET_ROWS, .losses = 1, .loss = &t->loss};
    assert_int_equal(plm_plan_open(&t->graph, &o, t->p, &t->plan), PLM_OK);
    t->input = calloc((size_t)(NET_ROWS * r->shape.lines * r->shape.width), sizeof *t->input);
    t->goal = calloc((size_t)(NET_ROWS * target.lines * target.width), sizeof *t->goal);
    t->weights = calloc(NET_ROWS, sizeof *t->weights);
}

/* The loss of the batch as fit reports it: the mean over the rows. */
static inline double net_run(net *t)
{
    plm_running *r = plm_plan_running(t->plan);
    r->rows = NET_ROWS;
    r->seed = 11;
    r->step = 3;
    r->first_row = 40;
    r->g = t->g;
    plm_plan_bind(t->plan, t->x, t->input, NET_ROWS);
    plm_plan_bind(t->plan, t->target, t->goal, NET_ROWS);
    plm_plan_bind(t->plan, t->weight, t->weights, NET_ROWS);
    plm_plan_run(t->plan);
    const plm_real *value = plm_plan_read(t->plan, t->loss);
    double sum = 0;
    for (size_t i = 0; i < NET_ROWS; i++)
        sum += (double)value[i];
    return sum / NET_ROWS;
}

/* d loss / d alpha by central differences against what the plan says. */
static inline void net_check(net *t, const char *what)
{
    const double h = rounding(4e-2, 1e-6), tolerance = rounding(5e-3, 2e-8);
    net_run(t);
    plm_real *said = calloc(t->alphas, sizeof *said);
    double size = 0;
    memcpy(said, t->g, t->alphas * sizeof *said);
    for (size_t i = 0; i < t->alphas; i++) {
        const plm_real held = t->p[i];
        t->p[i] = held + (plm_real)h;
        const double above = net_run(t), up = (double)t->p[i];
        t->p[i] = held - (plm_real)h;
        const double below = net_run(t), down = (double)t->p[i];
        t->p[i] = held;
        assert_near((double)said[i], (above - below) / (up - down), tolerance, what, i);
        size += fabs((double)said[i]);
    }
    if (!(size > 1e-3))
        fail_msg("%s: there is no gradient to check", what);
    free(said);
}

static inline void net_close(net *t)
{
    plm *w = t->arena.w;
    free(t->input);
    free(t->goal);
    free(t->weights);
    plm_plan_close(t->plan);
    plm_release(w, t->p);
    plm_arena_free(&t->arena);
}

#endif
