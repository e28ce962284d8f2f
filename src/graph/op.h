/* What an op is, for whoever writes one: a pair of forward and backward passes over operands in
 * memory. How it is planned stands in plan.h. */
#ifndef PLM_GRAPH_OP_H
#define PLM_GRAPH_OP_H

#include "graph/build.h"

enum { PLM_SLOTS = 4, PLM_APPLIED = PLM_SLOTS + 2 };

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
    bool alone;  /* one thread runs this batch */
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

/* `soon` of a step, where one thread runs the batch. Of several, some other wrote half of it: 20
 * layers of 100 lost 10 % by calling for it. */
static inline plm_soon plm_step_soon(const plm_step *s, const plm_soon *soon)
{
    return s->run->alone ? *soon : (plm_soon){0};
}

/* first..last: batch rows of a ROWS pass, or units of a UNITS pass. thread < run->threads. */
typedef void plm_pass_function(const plm_step *s, int64_t first, int64_t last, int thread);

/* Which operands the backward and weight passes still read. */
enum { PLM_READS_OUT = 1 << 16 };
#define PLM_READS_IN(i) (1u << (i))

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
    /* PLM_READS_IN(i): inputs of which a ROWS pass reads all rows, not its own alone */
    uint32_t all_rows;
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

/* How this machine runs an op. */
typedef struct {
    /* Once for each step of a plan, before it first runs: may set s->prepared to what the passes
     * need beside the state, in the plan's arena; or NULL. Of the operands only shapes and whether
     * there is a gradient may be looked at. */
    plm_status (*prepare)(plm_step *s, plm_arena *a);
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
} plm_op_cpu;

/* An op, one file each in src/op: what it computes (kind, shape, reads, random), and how. Gradients
 * of inputs are WRITTEN, never added: where a value has several readers the plan adds. */
typedef struct plm_op_kind {
    plm_kind kind;
    plm_status (*shape)(plm_shaping *o);
    bool random;    /* draws numbers in training: a noisy plan runs its forward passes */
    uint32_t reads; /* PLM_READS_...: what backward reads; the rest may be overwritten before */
    /* instead of reads where it depends on the config or the state; or NULL */
    uint32_t (*reads_of)(const plm_node *node);
    plm_op_cpu cpu;
} plm_op_kind;

/* The end of a backward pass that multiplies: tiny numbers become 0 in the gradient of input i, of
 * rows first..last (src/kernel/tiny.h says why). */
static inline void plm_step_flush(const plm_step *s, int i, int64_t first, int64_t last)
{
    const int64_t row = s->in[i].shape.lines * s->in[i].shape.stride;
    plm_real *g = s->in[i].g != NULL ? s->in[i].g + first * row : NULL;
    if (g != NULL)
        s->run->kernel->flush(g, g, (size_t)((last - first) * row));
}

/* Is the operand a parameter that is trained? */
static inline bool plm_weight_wanted(const plm_operand *o)
{
    return o->weight != NULL && o->weight->trainable;
}

#endif
