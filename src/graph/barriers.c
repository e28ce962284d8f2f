/* Where threads must meet before a pass: where the way of cutting changes, and where a value takes
 * memory that another one had. */
#include "graph/plan.h"

/* Where a value lies: a row of the batch at each `row` numbers from x on. */
typedef struct {
    const plm_real *x;
    int64_t row;
} place;

/* The places that were read or written since the last barrier, each once. A net has few of them,
 * however many layers it has, since its values lie in the same places by turns. */
typedef struct {
    place *list;
    size_t count;
    int64_t rows;
    bool apart; /* every value has a place of its own: nothing needs to be noted */
} places;

/* Touches the pass nothing that others of its part do? */
static bool is_independent(const plm_planned *p)
{
    for (int i = 0; i < p->step->inputs; i++)
        if (p->part == PLM_PART_WEIGHTS && p->step->in[i].adds)
            return false;
    return p->part == PLM_PART_WEIGHTS || p->part == PLM_PART_REFRESH;
}

/* Do two values lie on one another, so that rows of one are not the same rows of the other? */
static bool lie_across(const place *a, const place *b, int64_t rows)
{
    if (a->x == b->x && a->row == b->row)
        return false;
    return a->x < b->x + b->row * rows && b->x < a->x + a->row * rows;
}

/* false = the operand lies in no block: a parameter, or a borrowed input. */
static bool place_of(const plm_operand *o, place *out)
{
    *out = (place){o->x, o->shape.lines * o->shape.stride};
    return o->x != NULL && o->weight == NULL;
}

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

/* Does the pass write where others since the last barrier read or write another value? */
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

static void add_places(places *p, const plm_planned *pass)
{
    if (p->apart)
        return;
    add_place(p, &pass->step->out);
    for (int i = 0; i < pass->step->inputs; i++)
        add_place(p, &pass->step->in[i]);
}

/* A barrier stands where the split changes, where memory gets a second use, and between two UNITS
 * passes unless both belong to the independent parts (weights, refresh), which touch nothing of
 * each other but shared gradients. In training every value has a place of its own. */
plm_status plm_plan_barriers(plm_plan *plan)
{
    bool rows = false, units = false;
    places p = {.rows = plan->options.capacity, .apart = plan->options.training};
    p.list = plm_arena_array(&plan->arena, 2 * plan->graph->values, sizeof *p.list);
    if (p.list == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < plan->count; i++) {
        plm_planned *pass = &plan->planned[i];
        const bool by_units = pass->by_units;
        const bool alone = is_independent(pass) && i > 0 && plan->planned[i - 1].part == pass->part;
        pass->barrier = (by_units ? rows || (units && !alone) : units) || overwrites(&p, pass);
        if (pass->barrier) {
            rows = units = false;
            p.count = 0;
        }
        add_places(&p, pass);
        rows = rows || !by_units;
        units = units || by_units;
    }
    return PLM_OK;
}
