/* lookup gives the id of each whole number. The id is the position of the number in a list, plus 1;
 * it is 0 if the list does not have the number. With a mask number, all ids are one higher, and the
 * id of the mask is 0. With invert, ids become numbers again; ids that do not exist become oov.
 * There is no gradient. */
#include <stdlib.h>

#include "op/no_gradient.h"

typedef struct {
    plm_reals numbers; /* the vocabulary, in the order of ids */
    /* mask: the number whose id is 0; NaN = there is none. oov (out of vocabulary): what an id
     * becomes that stands for no number of the list. */
    double mask, oov;
    bool invert; /* ids become numbers */
} lookup;

static const plm_field fields[] = {
    PLM_FIELD(lookup, numbers, PLM_REALS, NULL, 0, 0, "list of numbers, without duplicates"),
    PLM_FIELD(lookup, mask, PLM_REAL, "nan", -9e15, 9e15,
              "number whose id is 0; none = there is no such number"),
    PLM_FIELD(lookup, oov, PLM_REAL, "-1", 0, 0,
              "with invert: the number for the id of unknown numbers"),
    PLM_FIELD(lookup, invert, PLM_BOOL, "false", 0, 0, "true = x is an id, and y is its number"),
    {0}};

/* A number of the list and its position in the list. The state of the op is an array of these
 * entries, sorted by their numbers. */
typedef struct {
    double number; /* the number */
    int place;     /* its position in the list, from 0 */
} entry;

/* Orders entries by their numbers, for qsort. */
static int by_number(const void *a, const void *b)
{
    const double x = ((const entry *)a)->number, y = ((const entry *)b)->number;
    return x < y ? -1 : x > y;
}

/* Sets the shape of the output to that of x. Sorts the list. */
static plm_status shape(plm_shaping *o)
{
    const lookup *c = o->config;
    entry *sorted = plm_arena_array(o->arena, (size_t)c->numbers.count, sizeof *sorted);
    if (sorted == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < c->numbers.count; i++)
        sorted[i] = (entry){c->numbers.at[i], i};
    qsort(sorted, (size_t)c->numbers.count, sizeof *sorted, by_number);
    for (int i = 1; i < c->numbers.count; i++)
        if (!(sorted[i].number > sorted[i - 1].number))
            return plm_fail(o->graph->w, PLM_E_SPEC, NULL, "give each number once",
                            "the list has %.17g twice", sorted[i].number);
    o->state = sorted;
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the id of unknown numbers, which is 1 if there is a mask, else 0. */
static int unknown_id(const lookup *c)
{
    return c->mask == c->mask ? 1 : 0;
}

/* Returns the id of a number, by binary search. */
static double id_of(const lookup *c, const entry *sorted, double x)
{
    if (x >= c->mask && x <= c->mask)
        return 0;
    int low = 0, high = c->numbers.count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (sorted[middle].number < x)
            low = middle + 1;
        else
            high = middle;
    }
    const bool found = low < c->numbers.count && sorted[low].number <= x;
    return unknown_id(c) + (found ? 1 + sorted[low].place : 0);
}

/* Returns the number of an id. */
static double number_of(const lookup *c, double id)
{
    const double place = id - 1 - unknown_id(c);
    if (place >= 0 && place < c->numbers.count)
        return c->numbers.at[(int)place];
    return unknown_id(c) == 1 && id >= 0 && id < 1 ? c->mask : c->oov;
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const lookup *c = s->config;
    const plm_shape *x = &s->in[0].shape;
    (void)thread;
    for (int64_t line = first * x->lines; line < last * x->lines; line++)
        for (int64_t j = 0; j < x->width; j++) {
            const double given = (double)s->in[0].x[line * x->stride + j];
            s->out.x[line * x->stride + j] =
                (plm_real)(c->invert ? number_of(c, given) : id_of(c, s->state, given));
        }
}

const plm_op_kind plm_op_lookup = {
    .kind = {.name = "lookup",
             .help = "gives the position of each number in a list",
             .config_size = sizeof(lookup),
             .fields = fields},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = plm_no_gradient, .split = PLM_SPLIT_ROWS}}},
};
