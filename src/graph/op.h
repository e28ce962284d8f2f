/* What an op is, for authors of ops: forward and backward passes over operands in memory. plan.h
 * describes how ops are planned and run. */
#ifndef PLM_GRAPH_OP_H
#define PLM_GRAPH_OP_H

#include "graph/build.h"

/* An optimizer has up to 4 slots; a fused update also reads the parameters and their average. */
enum { PLM_SLOTS = 4, PLM_FUSED_READS = PLM_SLOTS + 3 };

/* An operand of a step. x: the numbers, [rows][shape.lines][shape.stride], or for a parameter its
 * place in the long vector, where `weight` describes it. g: the buffer of its gradient, laid out as
 * x; NULL = no gradient is wanted. */
typedef struct {
    plm_real *x, *g;
    plm_shape shape;
    const plm_weight *weight;
    /* A parameter with several readers: an earlier pass has stored its gradient of this batch, so
     * this op must add its part instead of overwriting it. */
    bool adds;
    uint32_t id; /* the value's id */
} plm_operand;

typedef struct plm_step plm_step;

/* State that all steps of a plan share while it runs. */
typedef struct {
    const plm_kernels *kernel;
    int64_t rows;     /* rows of this batch */
    int64_t capacity; /* the largest number of rows this plan can take */
    /* Number of the batch's first row within the epoch. It keys random noise, so no two batches
     * draw the same. */
    int64_t first_row;
    bool training;
    uint64_t seed;
    int64_t step; /* number of updates done; keys random noise, too */
    int threads;
    const plm_graph_control *control; /* numbers that change from step to step, by index */
    bool alone;  /* a single thread runs this batch, so hints for prefetching are used */
    plm_real *p; /* the long vector of parameters */
    plm_real *g; /* the long vector of gradients, or NULL when updates are fused */
    /* Fused update: updates p[offset .. offset + count) by gradient[count], which it may overwrite.
     * NULL = gradients are stored in g. */
    void (*apply)(void *self, const plm_weight *weight, size_t offset, plm_real *gradient,
                  size_t count, int thread);
    void *apply_self;
    /* The long vectors that `apply` reads (parameters, slots, average), for prefetching;
     * fused_reads = 0 if they fit in the caches anyway. */
    const plm_real *fused_read[PLM_FUSED_READS];
    int fused_reads;
    plm_real *scratch; /* `scratch_size` numbers for each thread */
    size_t scratch_size;
} plm_running;

/* Memory that the next op will read: a prefetch hint. */
typedef struct {
    const plm_real *x;
    size_t count; /* numbers; 0 = nothing */
} plm_prefetch_range;

struct plm_step {
    const struct plm_op_kind *op;
    const void *config;
    const void *state;    /* state of the node, made by shape() */
    const void *prepared; /* state of this plan, made by prepare(), or NULL */
    const plm_running *run;
    plm_operand in[PLM_OPERANDS], out;
    int inputs;
    /* The memory that the op asked for by `memory`; kept between batches, zero at the start. */
    plm_real *memory;
    uint32_t stream; /* the number of the node; keys its random numbers */
    /* What the next op reads in each direction; empty if it is in cache anyway. */
    plm_prefetch_range forward_prefetch, backward_prefetch;
};

/* The prefetch hint `next` if a single thread runs the batch, else an empty one. With several
 * threads much of that memory was just written by another core, and prefetching it cost 10 % on 20
 * layers of 100 units. */
static inline plm_prefetch_range plm_step_prefetch(const plm_step *s,
                                                   const plm_prefetch_range *next)
{
    return s->run->alone ? *next : (plm_prefetch_range){0};
}

/* Runs a share of a pass: rows first <= i < last of the batch (ROWS), or units first <= u < last
 * (UNITS). thread < run->threads. */
typedef void plm_pass_function(const plm_step *s, int64_t first, int64_t last, int thread);

/* Bits that name the operands which an op's backward and weight passes read. An operand that is not
 * named may be overwritten after forward. */
enum { PLM_READS_OUT = 1 << 16 };
/* The bit of operand i in the sets of what a pass reads. */
#define PLM_READS_IN(i) (1u << (i))

/* How a pass is shared out among threads. ROWS: each thread takes some rows of the batch and
 * touches only those. UNITS: the op defines its own units of work (columns, chunks of weights),
 * which may read all rows. The plan puts a barrier wherever one thread would touch what another one
 * writes (barriers.c). */
typedef enum { PLM_SPLIT_ROWS, PLM_SPLIT_UNITS } plm_split;

typedef struct {
    plm_pass_function *run; /* NULL ends a list of passes */
    plm_split split;
    int64_t (*units)(const plm_step *s); /* the number of units, for UNITS */
    /* An alternative for a ROWS pass, cut into `units`: used with several threads if `units_pay`
     * returns true. It must give the same bits. */
    plm_pass_function *run_units; /* NULL = there is none */
    bool (*units_pay)(const plm_step *s);
    /* PLM_READS_IN(i): inputs of which this ROWS pass reads all rows, not only its own. */
    uint32_t all_rows;
} plm_pass;

/* The argument of an op's shape(): what it is given, and what it must set. */
typedef struct {
    plm_graph *graph;
    const char *where;
    const void *config;
    plm_arena *arena;
    int inputs;
    const plm_shape *in[PLM_OPERANDS];
    /* The inputs that are parameters (else NULL): the op sets the layout it wants. */
    plm_weight *weight[PLM_OPERANDS];
    /* Optional result: what the op derives from its config for all its steps, in the arena. */
    const void *state;
    plm_shape out; /* result: the shape of the output */
} plm_shaping;

/* Stores the parameter as a matrix [rows, columns] packed in panels (kernel.h). */
void plm_weight_as_matrix(plm_weight *weight, int64_t rows, int64_t columns);

/* How an op is run on a CPU. */
typedef struct {
    /* Called once for each step of a plan, before the first run; or NULL. It may set s->prepared to
     * data that the passes need besides the state, in the plan's arena. It may look only at the
     * operands' shapes and at whether g is NULL: there is no memory behind the pointers yet. */
    plm_status (*prepare)(plm_step *s, plm_arena *a);
    plm_pass forward[3]; /* passes of training, and of inference if `infer` is empty */
    plm_pass infer[2];
    plm_pass backward[3]; /* computes in[i].g from out.g; may overwrite out.g */
    /* UNITS: computes gradients of parameters, and stores them or hands them to `apply`. Runs after
     * the step's own backward passes. */
    plm_pass weights[1];
    plm_pass refresh[1]; /* UNITS: updates the copies of parameters that are kept in `memory` */
    size_t (*memory)(const plm_step *s);  /* numbers to keep for this step; or NULL */
    size_t (*scratch)(const plm_step *s); /* numbers of scratch memory per thread; or NULL */
    /* Multiply-adds of forward for one row; NULL = the numbers of a row of the output. */
    double (*work)(const plm_step *s);
} plm_op_cpu;

/* An op; each has a file in src/op. The first members say what it computes, `cpu` how. A backward
 * pass WRITES the gradients of its inputs and never adds to them: if a value has several readers,
 * the plan does the adding (add_gradient.c). */
typedef struct plm_op_kind {
    plm_kind kind;
    plm_status (*shape)(plm_shaping *o);
    /* draws random numbers in training; a noisy plan runs `forward`, not `infer` */
    bool random;
    uint32_t reads; /* PLM_READS_...: what backward reads; other operands may be overwritten */
    /* Returns n if input 0 holds ids, whole numbers 0 .. n - 1: the model then checks the batches.
     * NULL = it holds any numbers. */
    int64_t (*ids)(const plm_node *node);
    bool moves; /* only moves numbers, so ids stay ids */
    /* Used instead of `reads` if that depends on the config or the state; or NULL. */
    uint32_t (*reads_of)(const plm_node *node);
    plm_op_cpu cpu;
} plm_op_kind;

/* Sets tiny numbers to 0 in the gradient of input i, rows first <= r < last. A backward pass that
 * multiplies must end with it; src/kernel/tiny.h gives the reason. */
static inline void plm_step_flush(const plm_step *s, int i, int64_t first, int64_t last)
{
    const int64_t row = s->in[i].shape.lines * s->in[i].shape.stride;
    plm_real *g = s->in[i].g != NULL ? s->in[i].g + first * row : NULL;
    if (g != NULL)
        s->run->kernel->flush(g, g, (size_t)((last - first) * row));
}

/* True if the operand is a parameter that is trained. */
static inline bool plm_weight_wanted(const plm_operand *o)
{
    return o->weight != NULL && o->weight->trainable;
}

#endif
