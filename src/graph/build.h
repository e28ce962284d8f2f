/* A graph for whoever builds one (layers, model): values and nodes. Layers emit coarse ops into it;
 * op.h says what an op is, plan.h how a graph is planned and run. Knows kernels and base, no layer,
 * no model, no optimizer. */
#ifndef PLM_GRAPH_BUILD_H
#define PLM_GRAPH_BUILD_H

#include "base/arena.h"
#include "base/fields.h"
#include "base/index.h"
#include "kernel/kernel.h"

enum { PLM_RANK = 8, PLM_OPERANDS = 8 };

/* The shape of one batch row and how it is stored: as `lines` lines of `width` numbers, `stride`
 * apart. Usually lines = 1 and width = all numbers of the row. An op that works on the last axis
 * (dense on [n, a, b]) asks for lines = a, width = b with plm_graph_lines. */
typedef struct {
    int rank; /* 0 = one number */
    int64_t dims[PLM_RANK];
    int64_t lines, width, stride;
} plm_shape;

typedef enum { PLM_LAYOUT_FLAT, PLM_LAYOUT_PANELS } plm_layout;

/* A parameter as the graph knows it; model/parameters.c gives it its place in the long vector. */
typedef struct {
    const char *name;  /* "dense/kernel" */
    const char *layer; /* "dense" */
    int rank;
    int64_t dims[PLM_RANK];
    /* FLAT: row-major, padded at the end; PANELS: packed as a matrix (kernel.h) */
    plm_layout layout;
    size_t rows, columns; /* the matrix that it is seen as: rows * columns = count */
    size_t offset, size;  /* in the long vector, in numbers, multiples of 16 */
    size_t count;         /* true elements */
    bool trainable;       /* updated by the optimizer */
    /* of its layer: its updates go at the optimizer's rate times this */
    double learning_rate_factor;
    bool state; /* never trained: moving means, adapted statistics */
    const plm_spec *initializer, *regularizer, *constraint; /* NULL = none */
} plm_weight;

typedef enum {
    PLM_FROM_OP,
    PLM_FROM_INPUT,
    PLM_FROM_TARGET,
    PLM_FROM_SAMPLE_WEIGHT,
    PLM_FROM_PARAMETER
} plm_origin;

typedef struct {
    plm_origin origin;
    int index; /* node, input number, target number or parameter number */
    plm_shape shape;
    size_t readers; /* times that nodes take it as an input */
} plm_graph_value;

struct plm_op_kind;

typedef struct {
    const struct plm_op_kind *op;
    const void *config;
    const void *state; /* what the op's shape() worked out of the config, or NULL */
    int inputs;
    uint32_t input[PLM_OPERANDS]; /* value ids */
    uint32_t output;
    const char *where; /* "layer 3 (dense)": for messages */
} plm_node;

/* values[0] is unused, so that id 0 means failed. */
typedef struct {
    plm *w;
    plm_arena *arena;
    plm_graph_value *value;
    size_t values, value_room;
    plm_node *node;
    size_t nodes, node_room;
    plm_weight *weight;
    size_t weights, weight_room;
    plm_index weight_of; /* names of parameters to their values */
    plm_value *penalty;  /* values, one number a row, that join whatever loss there is */
    size_t penalties, penalty_room;
} plm_graph;

/* ---- building ---- */

PLM_CHECKED plm_status plm_graph_open(plm_graph *g, plm_arena *arena);
/* A shape stored as one line per row, stride padded. */
plm_shape plm_shape_of(int rank, const int64_t *dims);
/* The same dims stored with the last axis as the line. */
plm_shape plm_shape_lines(int rank, const int64_t *dims);
/* Can memory hold a row of it? Values of other shapes are refused. */
bool plm_shape_fits(const plm_shape *s);
/* "[n, 28, 28]" into out. */
void plm_shape_print(const plm_shape *s, char *out, size_t room);
plm_value plm_graph_input(plm_graph *g, plm_origin origin, int index, const plm_shape *shape);
plm_value plm_graph_parameter(plm_graph *g, const plm_weight *weight);
/* The value of the parameter of that name; id 0 = there is none. */
plm_value plm_graph_find_parameter(const plm_graph *g, const char *name);
/* Makes x, one number a row, part of the loss. */
PLM_CHECKED plm_status plm_graph_penalize(plm_graph *g, plm_value x);
/* Appends an op: binds spec, asks the op for its output shape. where = whose op this is, for
 * messages. */
plm_value plm_graph_emit(plm_graph *g, const char *where, int count, const plm_value *x,
                         const char *op);
/* x stored with its last axis as lines (lines = true) or as one line a row; emits a repack when
 * it is not so. */
plm_value plm_graph_lines(plm_graph *g, const char *where, plm_value x, bool lines);
const plm_shape *plm_graph_shape(const plm_graph *g, plm_value x);
/* Has any parameter several readers? Then gradients must be stored, for they are sums of several
 * passes. */
bool plm_graph_shares(const plm_graph *g);

#endif
