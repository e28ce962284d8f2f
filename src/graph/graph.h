/* What must be computed: values and nodes. Layers emit coarse ops into a graph; reverse.c finds
 * the backward order, memory.c places the values in one block, plan.c runs it. Knows kernels and
 * base, no layer, no model, no optimizer. */
#ifndef PLM_GRAPH_GRAPH_H
#define PLM_GRAPH_GRAPH_H

#include "base/arena.h"
#include "base/fields.h"
#include "base/index.h"
#include "kernel/kernel.h"

enum { PLM_RANK = 8, PLM_OPERANDS = 8, PLM_SLOTS = 4, PLM_APPLIED = PLM_SLOTS + 2 };

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

plm_status plm_graph_open(plm_graph *g, plm_arena *arena);
/* A shape stored as one line per row, stride padded. */
plm_shape plm_shape_of(int rank, const int64_t *dims);
/* The same dims stored with the last axis as the line. */
plm_shape plm_shape_lines(int rank, const int64_t *dims);
/* "[n, 28, 28]" into out. */
void plm_shape_print(const plm_shape *s, char *out, size_t room);
plm_value plm_graph_input(plm_graph *g, plm_origin origin, int index, const plm_shape *shape);
plm_value plm_graph_parameter(plm_graph *g, const plm_weight *weight);
/* The value of the parameter of that name; id 0 = there is none. */
plm_value plm_graph_find_parameter(const plm_graph *g, const char *name);
/* Makes x, one number a row, part of the loss. */
plm_status plm_graph_penalize(plm_graph *g, plm_value x);
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

/* ---- what an op is ---- */

/* An operand of a running step. g is the gradient's buffer, NULL = not wanted. For a parameter x
 * points into the long vector and weight tells the rest. */
typedef struct {
    plm_real *x, *g;
    plm_shape shape;
    const plm_weight *weight;
    /* of a parameter with several readers: its gradient of this batch is begun, this op's part
     * joins it */
    bool adds;
    uint32_t id; /* the value's id */
} plm_operand;

typedef struct plm_step plm_step;

/* What all steps of a plan share while it runs. */
typedef struct {
    const plm_kernels *kernel;
    int64_t rows;     /* rows of this batch */
    int64_t capacity; /* rows that fit */
    /* number of the first row within the epoch: keys noise, so batches never share it */
    int64_t first_row;
    bool training;
    uint64_t seed;
    int64_t step; /* updates done: keys noise */
    int threads;
    plm_real *p; /* the long vector of parameters */
    plm_real *g; /* the long vector of gradients, or NULL when updates are fused */
    /* Fused update: p[offset .. offset + count) moves along gradient (which may be scratched).
     * NULL = store in g. */
    void (*apply)(void *self, const plm_weight *weight, size_t offset, plm_real *gradient,
                  size_t count, int thread);
    void *apply_self;
    /* the vectors that apply reads, where they are too large for the caches */
    const plm_real *applied[PLM_APPLIED];
    int applieds;
    plm_real *scratch; /* `scratch_size` numbers for each thread */
    size_t scratch_size;
} plm_running;

/* What is read soon, and may be called into cache meanwhile. */
typedef struct {
    const plm_real *x;
    size_t count; /* numbers; 0 = nothing */
} plm_soon;

struct plm_step {
    const struct plm_op_kind *op;
    const void *config;
    const void *state;    /* of the node: what shape() worked out */
    const void *prepared; /* of the plan: what prepare() made, or NULL */
    const plm_running *run;
    plm_operand in[PLM_OPERANDS], out;
    int inputs;
    /* what the op asked for by `memory`, kept between batches, zeroed at the start */
    plm_real *memory;
    uint32_t stream; /* number of the node: keys its random numbers */
    /* what the next op reads; nothing where it is in cache anyhow */
    plm_soon forward_soon, backward_soon;
};

/* first..last: batch rows of a ROWS pass, or units of a UNITS pass. thread < run->threads. */
typedef void plm_pass_function(const plm_step *s, int64_t first, int64_t last, int thread);

/* ROWS: a thread does its rows of the batch without waiting for others. UNITS: units of the op's
 * own choice (columns, weight chunks), which may read all rows; the plan puts barriers where the
 * split changes. */
typedef enum { PLM_SPLIT_ROWS, PLM_SPLIT_UNITS } plm_split;

typedef struct {
    plm_pass_function *run; /* NULL = no more passes */
    plm_split split;
    int64_t (*units)(const plm_step *s); /* how many, for UNITS */
    /* Another way to cut a ROWS pass, with `units`: taken by several threads where `units_pay`.
     * The same bits. */
    plm_pass_function *run_units; /* NULL = there is none */
    bool (*units_pay)(const plm_step *s);
} plm_pass;

/* While a shape is asked for. */
typedef struct {
    plm_graph *graph;
    const char *where;
    const void *config;
    plm_arena *arena;
    int inputs;
    const plm_shape *in[PLM_OPERANDS];
    /* of inputs that are parameters: the op sets the layout it wants */
    plm_weight *weight[PLM_OPERANDS];
    /* may be set: what the op works out of its config, in the arena, for all its steps */
    const void *state;
    plm_shape out; /* to be set */
} plm_shaping;

/* The parameter is a matrix [rows, columns], to be packed in panels. */
void plm_weight_as_matrix(plm_weight *weight, int64_t rows, int64_t columns);

/* Which operands the backward and weight passes still read. */
enum { PLM_READS_OUT = 1 << 16 };
#define PLM_READS_IN(i) (1u << (i))

/* An op: a forward and backward pair. One file each in src/op. Gradients of inputs are WRITTEN,
 * never added: where a value has several readers the plan adds. */
typedef struct plm_op_kind {
    plm_kind kind;
    plm_status (*shape)(plm_shaping *o);
    /* Once for each step of a plan, before it first runs: may set s->prepared to what the passes
     * need beside the state, in the plan's arena; or NULL. Of the operands only shapes and whether
     * there is a gradient may be looked at. */
    plm_status (*prepare)(plm_step *s, plm_arena *a);
    bool random;    /* draws numbers in training: a noisy plan runs its forward passes */
    uint32_t reads; /* PLM_READS_...: what backward reads; the rest may be overwritten before */
    /* instead of reads where it depends on the config or the state; or NULL */
    uint32_t (*reads_of)(const plm_node *node);
    /* in training, and for inference when infer is empty */
    plm_pass forward[3];
    plm_pass infer[2];
    plm_pass backward[3]; /* in[i].g from out.g; may overwrite out.g */
    /* UNITS: parameter gradients, stored or applied; run after all backward passes */
    plm_pass weights[1];
    plm_pass refresh[1]; /* UNITS: brings copies of parameters in `memory` up to date */
    size_t (*memory)(const plm_step *s);  /* numbers kept per step; or NULL */
    size_t (*scratch)(const plm_step *s); /* numbers needed per thread; or NULL */
    /* multiply-adds of forward for one row; or NULL = its width */
    double (*work)(const plm_step *s);
} plm_op_kind;

/* Is the operand a parameter that is trained? */
static inline bool plm_weight_wanted(const plm_operand *o)
{
    return o->weight != NULL && o->weight->trainable;
}

/* ---- plans ---- */

typedef struct plm_plan plm_plan;

typedef struct {
    bool training;
    int64_t capacity; /* rows */
    int outputs;      /* values that must be there at the end */
    const plm_value *output;
    int losses; /* values (one number a row) whose gradient is 1: where backward begins */
    const plm_value *loss;
    bool noisy;    /* not in training, but random ops act (Monte Carlo dropout) */
    bool measured; /* only to learn plm_plan_bytes: no block is taken, and the plan cannot run */
} plm_plan_options;

/* Plans a graph. The block for all values is taken once. p: the long vector. */
plm_status plm_plan_open(const plm_graph *g, const plm_plan_options *o, plm_real *p,
                         plm_plan **out);
void plm_plan_close(plm_plan *plan);
/* The state shared by the steps, to be filled before a run: rows, seed, step, apply, g. */
plm_running *plm_plan_running(plm_plan *plan);
/* Copies (or, where the layout allows, borrows) rows of an input, target or sample weight value. */
void plm_plan_bind(plm_plan *plan, plm_value v, const float *rows, int64_t count);
/* After p was changed from outside: copies of parameters are brought up to date before the next
 * run. */
void plm_plan_stale(plm_plan *plan);
/* Runs forward, and in a training plan backward and weight passes. */
void plm_plan_run(plm_plan *plan);
/* For stored gradients: brings copies up to date after p was updated in parallel. */
void plm_plan_refresh(plm_plan *plan);
/* The buffer of a value: lines of width numbers, stride apart. NULL = not kept by this plan. */
const plm_real *plm_plan_read(const plm_plan *plan, plm_value v);
plm_real *plm_plan_gradient(const plm_plan *plan, plm_value v);
/* Bytes of the plan's block and lists. */
size_t plm_plan_bytes(const plm_plan *plan);

#endif
