/* Finds where threads must wait for one another. Between two barriers every thread runs its share
 * of each pass without waiting. So a pass needs a barrier before it if it conflicts with an earlier
 * pass that follows the last barrier. Two passes conflict if both touch the same object, at least
 * one of them writes it, and a thread's shares of the two passes are not the same part of the
 * object.
 *
 * The objects are the values, their gradients, the parameters, and the memory that each step keeps.
 * A pass that is cut by rows touches only its own rows of values and gradients, so two such passes
 * never conflict over these; it reads parameters and memory as a whole. A pass that is cut by units
 * may read everything, and the op chooses which parts a unit writes. What a pass reads and writes
 * follows from its part:
 *
 *     part       reads                                         writes
 *     forward    inputs, parameters, memory                    output, memory
 *     backward   inputs, output, its gradient, parameters,     gradients of inputs and output,
 *                memory                                        memory
 *     weights    as backward                                   parameters, memory
 *     refresh    parameters                                    memory
 *
 * A pass that is cut by rows but reads all rows of an operand says so (plm_pass.all_rows). In plans
 * without training, values with separate lifetimes share places in the block, so that two values
 * can be the same object; the second half of this file covers that. */
#include "graph/plan_parts.h"

/* How a pass touches an object: whether it is cut by rows or by units, and whether it reads or
 * writes. */
enum { ROWS_READ = 1, ROWS_WRITE = 2, UNITS_READ = 4, UNITS_WRITE = 8 };

/* How passes touched an object since the last barrier: a set of the bits above. The set is valid
 * only if `stage` is the current stage, so nothing needs to be cleared at a barrier. */
typedef struct {
    size_t stage; /* number of the stage in which the object was touched last; 0 = never */
    unsigned how; /* bits of ROWS_READ to UNITS_WRITE */
} touched;

/* The walk over a list of passes. */
typedef struct {
    const plm_plan *plan;
    /* [object_count] each object of the plan; value_of, gradient_of and memory_of give the index */
    touched *object;
    size_t stage; /* the present one, from 1 */
} finding;

/* ---- which number each object has: values, then gradients, then memories of steps ---- */

/* Returns the number of the object that is the value of an operand. Objects are numbered in this
 * order: all values, their gradients, the memory of each step. */
static size_t value_of(const plm_operand *o)
{
    return o->id;
}

/* Returns the number of the object that is the gradient of an operand. Gradients come after
 * values. */
static size_t gradient_of(const finding *f, const plm_operand *o)
{
    return f->plan->graph->values + o->id;
}

/* Returns the number of the object that is the memory which a step keeps between its passes. These
 * numbers come after those of values and gradients. */
static size_t memory_of(const finding *f, const plm_step *s)
{
    return 2 * f->plan->graph->values + s->stream;
}

/* Returns an upper bound of the number of objects, which is the length of finding.object. */
static size_t object_count(const plm_plan *plan)
{
    return 2 * plan->graph->values + plan->graph->nodes + 1;
}

/* ---- touching ---- */

/* A function that is called for each object that a pass touches, with one of the bits ROWS_READ to
 * UNITS_WRITE. If it returns true, no further objects are visited. */
typedef bool touch_function(finding *f, size_t object, unsigned bit);

/* Calls `touch` for what a pass touches of its input i: the value, the gradient or the
 * parameter. */
static bool touch_input(finding *f, const plm_planned *p, int i, touch_function *touch)
{
    const plm_operand *o = &p->step->in[i];
    const bool all_rows = p->by_units || (p->pass->all_rows & PLM_READS_IN(i)) != 0;
    const unsigned write = p->by_units ? UNITS_WRITE : ROWS_WRITE;
    if (touch(f, value_of(o), all_rows ? UNITS_READ : ROWS_READ))
        return true;
    if (p->part == PLM_PART_BACKWARD && o->g != NULL)
        return touch(f, gradient_of(f, o), write);
    return p->part == PLM_PART_WEIGHTS && o->weight != NULL && touch(f, value_of(o), write);
}

/* Calls `touch` for what a pass touches of its output: its value and its gradient. */
static bool touch_output(finding *f, const plm_planned *p, touch_function *touch)
{
    const plm_operand *o = &p->step->out;
    const unsigned read = p->by_units ? UNITS_READ : ROWS_READ;
    const unsigned write = p->by_units ? UNITS_WRITE : ROWS_WRITE;
    switch (p->part) {
    case PLM_PART_FORWARD:
        return touch(f, value_of(o), write);
    case PLM_PART_BACKWARD:
        return touch(f, value_of(o), read) || touch(f, gradient_of(f, o), write);
    case PLM_PART_WEIGHTS:
        return touch(f, value_of(o), read) || touch(f, gradient_of(f, o), read);
    default:
        return false;
    }
}

/* Calls `touch` for all objects that a pass touches, until `touch` returns true. Returns true if it
 * did. */
static bool touch_all(finding *f, const plm_planned *p, touch_function *touch)
{
    const plm_step *s = p->step;
    if (s->op == &plm_add_gradient)
        return touch(f, gradient_of(f, &s->out), p->by_units ? UNITS_WRITE : ROWS_WRITE);
    if (s->memory != NULL && touch(f, memory_of(f, s), p->by_units ? UNITS_WRITE : ROWS_READ))
        return true;
    for (int i = 0; i < s->inputs; i++)
        if (touch_input(f, p, i, touch))
            return true;
    return touch_output(f, p, touch);
}

/* Returns how the object was touched since the last barrier, as a set of bits; 0 = not at all. */
static unsigned so_far(const finding *f, size_t object)
{
    return f->object[object].stage == f->stage ? f->object[object].how : 0;
}

/* True if touching the object as `bit` says conflicts with an earlier pass of this stage. */
static bool conflicts(finding *f, size_t object, unsigned bit)
{
    const unsigned before = so_far(f, object);
    switch (bit) {
    case ROWS_READ:
        return (before & UNITS_WRITE) != 0;
    case ROWS_WRITE:
        return (before & (UNITS_READ | UNITS_WRITE)) != 0;
    case UNITS_READ:
        return (before & (ROWS_WRITE | UNITS_WRITE)) != 0;
    default:
        return before != 0;
    }
}

/* Records that the current pass touches the object as `bit` says (ROWS_READ to UNITS_WRITE).
 * Returns false, so that all objects of the pass are visited. */
static bool note(finding *f, size_t object, unsigned bit)
{
    f->object[object].how = so_far(f, object) | bit;
    f->object[object].stage = f->stage;
    return false;
}

/* ---- places in the block that several values share, in plans without training ---- */

/* The place of a value: its rows begin at x, and the distance from one row to the next is `row`
 * numbers. */
typedef struct {
    const plm_real *x; /* the first number of row 0 */
    int64_t row;       /* numbers from one row of the batch to the next */
} place;

/* The places in the block that were read or written since the last barrier, without duplicates.
 * There are few of them however many layers a net has, since its values use the same places in
 * turn. */
typedef struct {
    /* [2 * values of the graph] at most one for each value and one for each gradient */
    place *list;
    size_t count; /* number of places in the list */
    int64_t rows; /* max number of rows of a batch, so that a place ends at x + row * rows */
    /* true = no two values share a place, so no two passes can touch the same memory of values */
    bool apart;
} places;

/* True if two values overlap in memory in such a way that row i of one overlaps other rows than row
 * i of the other. Identical places are harmless, since a thread finds only its own rows there. Two
 * values of different width at one place are not: row 1 of the narrow one lies within row 0 of the
 * wide one, which another thread may write. */
static bool lie_across(const place *a, const place *b, int64_t rows)
{
    if (a->x == b->x && a->row == b->row)
        return false;
    return a->x < b->x + b->row * rows && b->x < a->x + a->row * rows;
}

/* Finds the place of an operand. Returns false if the operand is not in the block: it is a
 * parameter, or an input that is read in the caller's memory. */
static bool place_of(const plm_operand *o, place *out)
{
    *out = (place){o->x, o->shape.lines * o->shape.stride};
    return o->x != NULL && o->weight == NULL;
}

/* Adds the place of an operand to the list, unless it is in the list already. */
static void add_place(places *p, const plm_operand *o)
{
    place new;
    if (!place_of(o, &new))
        return;
    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].x == new.x && p->list[i].row == new.row)
            return;
    p->list[p->count++] = new;
}

/* True if the pass writes to memory that an earlier pass since the last barrier used for another
 * value. */
static bool overwrites(const places *p, const plm_planned *pass)
{
    place out;
    if (!place_of(&pass->step->out, &out))
        return false;
    for (size_t i = 0; i < p->count; i++)
        if (lie_across(&out, &p->list[i], p->rows))
            return true;
    return false;
}

/* Adds to the list the places that a pass reads and those that it writes. */
static void add_places(places *p, const plm_planned *pass)
{
    if (p->apart)
        return;
    add_place(p, &pass->step->out);
    for (int i = 0; i < pass->step->inputs; i++)
        add_place(p, &pass->step->in[i]);
}

/* Sets the barriers of a list, pass by pass. A pass that conflicts with an earlier one of its
 * stage gets a barrier, which begins the next stage. The pass is recorded only after this
 * decision, so it cannot conflict with itself. A new stage number makes the records of all
 * objects invalid at once. */
plm_status plm_barriers_find(plm_plan *plan, plm_pass_list *list)
{
    finding f = {.plan = plan,
                 .object = plm_arena_array(&plan->arena, object_count(plan), sizeof *f.object),
                 .stage = 1};
    places p = {.rows = plan->options.capacity, .apart = plan->options.training};
    p.list = plm_arena_array(&plan->arena, 2 * plan->graph->values, sizeof *p.list);
    if (f.object == NULL || p.list == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        plm_planned *pass = &list->planned[i];
        pass->barrier = touch_all(&f, pass, conflicts) || overwrites(&p, pass);
        if (pass->barrier) {
            f.stage++;
            p.count = 0;
        }
        touch_all(&f, pass, note);
        add_places(&p, pass);
    }
    return PLM_OK;
}
