/* Builds a graph of values and nodes. The layers and the model are the callers: each layer appends
 * coarse ops (nodes) to the graph. op.h defines what an op is; plan.h plans and runs a
 * finished graph. This header knows kernels and base, but no layer, model or optimizer. */
#ifndef PLM_GRAPH_BUILD_H
#define PLM_GRAPH_BUILD_H

#include "base/arena.h"
#include "base/fields.h"
#include "base/index.h"
#include "kernel/kernel.h"

/* PLM_RANK: max number of dims of a row or parameter. PLM_OPERANDS: max number of inputs of an
 * op. */
enum { PLM_RANK = 8, PLM_OPERANDS = 8 };

/* The shape of one row of the batch, and how the row is stored: as `lines` contiguous vectors of
 * `width` numbers each; the next vector begins `stride` numbers later. By default a row is a single
 * vector: lines = 1, width = the product of dims. An op that works along the last axis (dense on
 * [n, a, b]) asks for lines = a, width = b with plm_graph_lines. */
typedef struct {
    int rank; /* number of dims; 0 = a single number */
    int64_t dims[PLM_RANK];
    int64_t lines, width, stride;
} plm_shape;

/* How the numbers of a parameter are stored in the parameter vector (plm_weight.layout). */
typedef enum { PLM_LAYOUT_FLAT, PLM_LAYOUT_PANELS } plm_layout;

/* A parameter. model/parameters.c later assigns its offset in the parameter vector. */
typedef struct {
    const char *name;  /* "dense/kernel" */
    const char *layer; /* "dense" */
    int rank;
    int64_t dims[PLM_RANK];
    /* FLAT: row-major, padded at the end. PANELS: packed as a matrix (kernel.h). */
    plm_layout layout;
    /* rows and columns of the parameter as a matrix: rows * columns = count */
    size_t rows, columns;
    size_t offset, size; /* offset in the parameter vector, and size with padding, in numbers;
                           * multiples of 16 */
    size_t count;        /* elements, without padding */
    bool trainable;      /* the optimizer updates it */
    /* factor by which the layer multiplies the learning rate of this parameter */
    double learning_rate_factor;
    bool state; /* true = the parameter is never trained, such as moving means and adapted
                 * statistics */
    const plm_spec *initializer, *regularizer, *constraint; /* NULL = none */
} plm_weight;

/* Where a value comes from. */
typedef enum {
    PLM_FROM_OP,
    PLM_FROM_INPUT,
    PLM_FROM_TARGET,
    PLM_FROM_SAMPLE_WEIGHT,
    PLM_FROM_PARAMETER
} plm_origin;

/* A value of the graph: rows of numbers that nodes read. */
typedef struct {
    plm_origin origin;
    int index; /* the number of the node, input, target or parameter that gives the value */
    plm_shape shape;
    size_t readers; /* how many inputs of nodes are this value */
} plm_graph_value;

struct plm_op_kind;

/* One op applied to values. */
typedef struct {
    const struct plm_op_kind *op;
    const void *config;
    const void *state; /* data that the op's shape() derived from the config, or NULL */
    int inputs;
    uint32_t input[PLM_OPERANDS]; /* value ids */
    uint32_t output;
    /* where the node comes from, for error messages: such as "layer 3 (dense)" */
    const char *where;
} plm_node;

/* A number that may change from step to step, such as a dropout rate with a schedule. Ops refer to
 * it by its index. */
typedef struct {
    void *schedule; /* the schedule that computes the value; only the caller knows its type */
    double value;   /* value of the present step */
} plm_graph_control;

/* A graph; all its arrays lie in the arena. value[0] is unused, so that id 0 can mean "failed". */
typedef struct {
    plm *w;
    plm_arena *arena;
    plm_graph_value *value;
    size_t values, value_capacity;
    plm_node *node;
    size_t nodes, node_capacity;
    plm_weight *weight;
    size_t weights, weight_capacity;
    plm_index weight_of;        /* index of names: gives the id of a parameter's value */
    plm_graph_control *control; /* [controls] */
    size_t controls, control_capacity;
    /* the values that are part of the loss (penalties on activations), with one number per row */
    plm_value *penalty;
    size_t penalties, penalty_capacity;
} plm_graph;

/* ---- building ---- */

/* Makes an empty graph whose memory is taken from `arena`. */
PLM_CHECKED plm_status plm_graph_open(plm_graph *g, plm_arena *arena);
/* Returns a shape whose rows are stored as one vector each, with a padded stride. */
plm_shape plm_shape_of(int rank, const int64_t *dims);
/* Returns a shape whose rows are stored as `lines` vectors along the last axis; lines = product of
 * the other dims. */
plm_shape plm_shape_lines(int rank, const int64_t *dims);
/* True if memory can hold a row of this shape. plm_graph_emit refuses other shapes. */
bool plm_shape_fits(const plm_shape *s);
/* Writes "[n, 28, 28]" into out, which has `size` bytes; cuts it off if it does not fit. */
void plm_shape_print(const plm_shape *s, char *out, size_t size);
/* Adds a value whose rows the caller gives before each run: input, target or sample weight number
 * `index`. Returns id 0 if there is no memory. */
plm_value plm_graph_input(plm_graph *g, plm_origin origin, int index, const plm_shape *shape);
/* Adds a parameter, described by a copy of *weight. Returns id 0 if there is no memory. */
plm_value plm_graph_parameter(plm_graph *g, const plm_weight *weight);
/* Returns the value of the parameter called `name`; id 0 = there is no such parameter. */
plm_value plm_graph_find_parameter(const plm_graph *g, const char *name);
/* Adds x (one number per row) to the loss. */
PLM_CHECKED plm_status plm_graph_penalize(plm_graph *g, plm_value x);
/* Appends the op whose spec is the text `op`, applied to x[count], and returns its output. Reads
 * the spec into the op's config and asks the op for the shape of its output. where: the layer, for
 * error messages. Returns id 0 if it failed. */
plm_value plm_graph_emit(plm_graph *g, const char *where, int count, const plm_value *x,
                         const char *op);
/* Returns x stored as vectors along the last axis (lines = true) or with each row as one vector
 * (false). Emits an op that copies x only if x is not stored that way already. */
plm_value plm_graph_lines(plm_graph *g, const char *where, plm_value x, bool lines);
/* Adds a number that may change from step to step, with its initial value. Returns its index, or -1
 * if there is no memory. */
int64_t plm_graph_control_new(plm_graph *g, void *schedule, double value);
/* Returns the shape of x; NULL = x is not a value of this graph. */
const plm_shape *plm_graph_shape(const plm_graph *g, plm_value x);
/* True if any trained parameter is read by several nodes. Its gradient is then a sum over several
 * passes, so gradients must be stored. */
bool plm_graph_shares(const plm_graph *g);

#endif
