/* Declares what the files of op normalize share. Internal to op/. */
#ifndef PLM_OP_NORMALIZE_H
#define PLM_OP_NORMALIZE_H

#include "graph/op.h"

/* The config of the op. */
typedef struct {
    int64_t groups;
    bool whole_row, centered, center, scale;
    double epsilon;
} plm_normalize;

/* A group of [lines][columns] numbers; the vectors are `stride` numbers apart. */
typedef struct {
    size_t lines, columns, stride; /* stride: numbers from one vector to the next */
    double count;                  /* vectors * columns */
} plm_norm_group;

/* The sizes of a group. */
static inline plm_norm_group plm_norm_group_of(const plm_step *s)
{
    const plm_normalize *c = s->config;
    const plm_shape *x = &s->out.shape;
    plm_norm_group g = {.lines = c->whole_row ? (size_t)x->lines : 1,
                        .columns = (size_t)(x->width / c->groups),
                        .stride = (size_t)x->stride};
    g.count = (double)g.lines * (double)g.columns;
    return g;
}

/* Returns the number of groups in a row. The groups of the first vector are counted first, then
 * those of the second vector, and so on. */
static inline size_t plm_norm_groups_in_row(const plm_step *s)
{
    const plm_normalize *c = s->config;
    return (size_t)c->groups * (c->whole_row ? 1 : (size_t)s->out.shape.lines);
}

/* Returns the number of units of the weight pass. A unit is a block of 16 columns. */
int64_t plm_normalize_blocks(const plm_step *s);
/* The weight pass: computes the gradients of gamma and beta for units first <= u < last. Needs
 * scratch memory for two numbers per column of these units. */
void plm_normalize_weights(const plm_step *s, int64_t first, int64_t last, int thread);

#endif
