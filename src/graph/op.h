/* Defines ops, for authors of ops. An op consists of forward and backward passes over operands in
 * memory. plan.h describes how ops are planned and run. */
#ifndef PLM_GRAPH_OP_H
#define PLM_GRAPH_OP_H

#include "graph/build.h"

/* Maximum number of vectors that a fused update reads: up to 4 slots of the optimizer, the
 * parameters and their average. */
enum { PLM_SLOTS = 4, PLM_FUSED_READS = PLM_SLOTS + 3 };

/* An operand of a step. x: its numbers, [rows][shape.lines][shape.stride]. If the operand is a
 * parameter, `weight` describes it, and x points into the parameter vector. g: the buffer of its
 * gradient, with the layout of x; NULL = no gradient is wanted. */
typedef struct {
    plm_real *x, *g;
    plm_shape shape;
    const plm_weight *weight;
    /* true = an earlier pass has stored a gradient of this parameter for this batch, so this op
     * must add its part instead of overwriting it. */
    bool adds;
    uint32_t id; /* the value's id */
} plm_operand;

typedef struct plm_step plm_step;

/* State that all steps of a plan share while the plan runs. */
typedef struct {
    const plm_kernels *kernel;
    int64_t rows;     /* rows of this batch */
    int64_t capacity; /* the largest number of rows this plan can take */
    /* Number of the batch's first row within the epoch. It is part of the key of random noise, so
     * no two batches draw the same noise. */
    int64_t first_row;
    bool training;
    uint64_t seed;
    int64_t step; /* number of updates done; also part of the key of random noise */
    int threads;
    const plm_graph_control *control; /* numbers that change from step to step, by index */
    bool alone;  /* true = a single thread runs this batch, so hints for prefetching are used */
    plm_real *p; /* the parameter vector */
    plm_real *g; /* the gradient vector, or NULL when updates are fused */
    /* Fused update: updates p[offset .. offset + count) by gradient[count], which it may overwrite.
     * NULL = updates are not fused, and gradients are stored in g. */
    void (*apply)(void *self, const plm_weight *weight, size_t offset, plm_real *gradient,
                  size_t count, int thread);
    void *apply_self;
    /* The vectors that `apply` reads besides the gradient (parameters, slots, average), which are
     * prefetched. fused_reads = 0: they fit in the caches, so nothing is prefetched. */
    const plm_real *fused_read[PLM_FUSED_READS];
    int fused_reads;
    plm_real *scratch; /* `scratch_size` numbers for each thread */
    size_t scratch_size;
} plm_running;

/* A prefetch hint: memory that the next op will read. */
typedef struct {
    const plm_real *x;
    size_t count; /* numbers; 0 = nothing */
} plm_prefetch_range;

/* A step of a plan: an op with its config, its operands in the block, and its memory. */
struct plm_step {
    const struct plm_op_kind *op;
    const void *config;
    const void *state;    /* the node's data, made by shape() */
    const void *prepared; /* data that prepare() made for this step, or NULL */
    const plm_running *run;
    plm_operand in[PLM_OPERANDS], out;
    int inputs;
    /* The memory that the op keeps between batches; the op's function `memory` gives its size. It
     * is all zeros at the start. */
    plm_real *memory;
    uint32_t stream; /* number of the node; the random numbers of the step depend on it */
    /* Memory that the next op reads in the forward and in the backward direction; empty if it is in
     * the cache anyway. */
    plm_prefetch_range forward_prefetch, backward_prefetch;
};

/* Returns the prefetch hint `next` if a single thread runs the batch, else an empty hint. With
 * several threads another core has just written much of that memory; prefetching it made 20 layers
 * of 100 units 10 % slower. */
static inline plm_prefetch_range plm_step_prefetch(const plm_step *s,
                                                   const plm_prefetch_range *next)
{
    return s->run->alone ? *next : (plm_prefetch_range){0};
}

/* Runs a share of a pass: rows first <= i < last of the batch (ROWS), or units first <= u < last
 * (UNITS). thread < run->threads. */
typedef void plm_pass_function(const plm_step *s, int64_t first, int64_t last, int thread);

/* A set of operands that an op's backward and weight passes read, one bit for each. An operand
 * whose bit is not set may be overwritten after forward. */
enum { PLM_READS_OUT = 1 << 16 };
/* The bit of input i in a set of operands that a pass reads. */
#define PLM_READS_IN(i) (1u << (i))

/* How a pass is divided among threads. ROWS: each thread takes some rows of the batch and touches
 * no other rows. UNITS: the op defines its own units of work (columns, chunks of weights), which
 * may read all rows. The plan has a barrier wherever a thread would touch memory that another one
 * writes (barriers.c). */
typedef enum { PLM_SPLIT_ROWS, PLM_SPLIT_UNITS } plm_split;

/* A pass of an op: its function, and how it is divided among threads. */
typedef struct {
    plm_pass_function *run; /* NULL ends a list of passes */
    plm_split split;
    int64_t (*units)(const plm_step *s); /* the number of units, for UNITS */
    /* A second function of a ROWS pass, which divides it into `units` instead of rows. It is used
     * with several threads if `units_pay` returns true, and must give the same bits. */
    plm_pass_function *run_units; /* NULL = there is none */
    bool (*units_pay)(const plm_step *s);
    /* Set of PLM_READS_IN(i): the inputs of which this ROWS pass reads all rows, not only its
     * own. */
    uint32_t all_rows;
} plm_pass;

/* The argument of an op's shape(): what the op is given, and what it must set. */
typedef struct {
    plm_graph *graph;
    const char *where;
    const void *config;
    plm_arena *arena;
    int inputs;
    const plm_shape *in[PLM_OPERANDS];
    /* The parameters among the inputs (NULL for other inputs), whose layout the op may set. */
    plm_weight *weight[PLM_OPERANDS];
    /* Optional result, in the arena: data that the op derives from its config, which all its steps
     * share. */
    const void *state;
    plm_shape out; /* result: the shape of the output */
} plm_shaping;

/* Stores the parameter as a matrix [rows, columns] packed in panels (kernel.h). */
void plm_weight_as_matrix(plm_weight *weight, int64_t rows, int64_t columns);

/* How an op is run on a CPU. */
typedef struct {
    /* Called once for each step of a plan, before the first run; or NULL. It may set s->prepared
     * to data that the passes need besides the state, in the plan's arena. It may use the
     * operands' shapes, and test whether g is NULL, but not follow pointers: they do not point
     * to memory yet. */
    plm_status (*prepare)(plm_step *s, plm_arena *a);
    /* forward passes of training; inference uses them, too, if `infer` is empty */
    plm_pass forward[3];
    plm_pass infer[2];
    plm_pass backward[3]; /* backward passes: compute in[i].g from out.g, and may overwrite out.g */
    /* a UNITS pass that computes gradients of parameters, and stores them or passes them to
     * `apply`. It runs after the step's backward passes. */
    plm_pass weights[1];
    /* True if backward of a batch that a single thread runs reads the weights and not the memory of
     * the step; NULL = it reads the memory. Only prefetch hints depend on it. */
    bool (*weights_alone)(const plm_step *s);
    plm_pass refresh[1]; /* a UNITS pass that updates the copies of parameters in `memory` */
    /* size of the memory kept for this step, in numbers; or NULL */
    size_t (*memory)(const plm_step *s);
    size_t (*scratch)(const plm_step *s); /* scratch memory per thread, in numbers; or NULL */
    /* Number of multiply-adds of forward for one row; NULL = one for each number of an output
     * row. */
    double (*work)(const plm_step *s);
} plm_op_cpu;

/* An op; each has a file in src/op. The first members say what the op computes; `cpu` says how. A
 * backward pass WRITES the gradients of its inputs and never adds to them: if a value has several
 * readers, the plan adds their gradients (add_gradient.c). */
typedef struct plm_op_kind {
    plm_kind kind;
    plm_status (*shape)(plm_shaping *o);
    /* true = the op draws random numbers in training; plans with options.noisy then run `forward`
     * instead of `infer` */
    bool random;
    /* set of PLM_READS_...: operands that backward reads; the others may be overwritten after
     * forward */
    uint32_t reads;
    /* Returns n if input 0 has ids, which are whole numbers 0 .. n - 1; the model then checks the
     * batches. NULL = input 0 has any numbers. */
    int64_t (*ids)(const plm_node *node);
    bool moves; /* true = the op only moves numbers, so ids remain ids */
    /* Returns the set that replaces `reads`, if that depends on the config or the state; or
     * NULL. */
    uint32_t (*reads_of)(const plm_node *node);
    plm_op_cpu cpu;
} plm_op_kind;

/* Sets tiny numbers to 0 in the gradient of input i, rows first <= r < last. A backward pass that
 * multiplies must end with this call; src/kernel/tiny.h gives the reason. */
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
