/* The source whose rows are the caller's arrays, of any dtype. The arrays are borrowed, not copied,
 * so they must not change until the stream is freed. Such a source has no spec and cannot be opened
 * a second time. */
#include "data/rounding.h"

static const plm_source_kind arrays = {
    .kind = {.name = "arrays", .help = "arrays in the memory of the calling program"}};

static const char caller[] = "arrays";

/* Makes part number `part` of the source from an array of the caller. name: of the array, for
 * messages. */
static plm_status take(plm_source *s, int part, const plm_view *view, const char *name)
{
    plm_table *t = &s->table[part];
    t->name = name;
    if (!view->data)
        return plm_fail(&s->w, PLM_E_DATA, name,
                        "set the data pointer of the plm_view to the elements",
                        "the data pointer of the array is NULL");
    t->element = view->dtype;
    if (!plm_element_is(view->dtype))
        return plm_fail(&s->w, PLM_E_DATA, name, "use PLM_F32, PLM_U8 or another plm_dtype",
                        "dtype %d is unknown", (int)view->dtype);
    int64_t numbers = 0;
    if (view->rank >= 1 && view->rank <= 8 && view->dims[0] > 0 &&
        !plm_view_numbers(view, &numbers))
        return plm_fail(&s->w, PLM_E_SHAPE, name, "set the length of each axis in dims, 1 or more",
                        "the array has a shape that is too large for memory, or a wrong one");
    PLM_TRY(plm_source_shape(s, t, view->rank, view->dims));
    t->rows = view->data;
    if (s->rows < 0)
        s->rows = view->dims[0];
    if (view->dims[0] == s->rows)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SHAPE, caller, "all arrays must have the same number of rows",
                    "%s has %lld row%s, %s has %lld", s->table[0].name, (long long)s->rows,
                    s->rows == 1 ? "" : "s", name, (long long)view->dims[0]);
}

/* Makes one part for each of the `count` arrays of inputs, targets or weights. first: number of the
 * first part. If there are several arrays, numbers are appended to their names. */
static plm_status take_side(plm_source *s, int first, int count, const plm_view *view,
                            const char *name)
{
    if (count < 0 || count > PLM_SIDE || (count > 0 && !view))
        return plm_fail(&s->w, PLM_E_DATA, caller, "pass an array of 1 to 4 plm_view",
                        view ? "%s: %d arrays" : "%s: %d arrays, which are NULL", name, count);
    for (int i = 0; i < count; i++) {
        const char *own = count == 1 ? name : plm_arena_format(&s->arena, "%s %d", name, i);
        if (!own)
            return PLM_E_MEMORY;
        PLM_TRY(take(s, first + i, &view[i], own));
    }
    return PLM_OK;
}

/* Makes the parts of all arrays, checks that targets and weights are finite, and computes the
 * number of classes. */
static plm_status open_arrays(plm_source *s, const plm_arrays *a)
{
    if (a->inputs == 0 || !a->input)
        return plm_fail(&s->w, PLM_E_DATA, caller, "pass the inputs as a plm_view", "x is NULL");
    s->kind = &arrays;
    s->name = "arrays";
    PLM_TRY(take_side(s, 0, a->inputs, a->input, "x"));
    s->inputs = a->inputs;
    PLM_TRY(take_side(s, s->inputs, a->targets, a->target, "y"));
    s->targets = a->targets;
    if (a->weight)
        PLM_TRY(take_side(s, s->inputs + s->targets, 1, a->weight, "weight"));
    s->weighted = a->weight;
    PLM_TRY(plm_source_settle(s));
    for (int i = s->inputs; i < plm_source_parts(s); i++)
        PLM_TRY(plm_source_check(s, &s->table[i], s->table[i].rows, s->rows, 0));
    if (s->targets > 0)
        s->classes = plm_source_count_classes(s, &s->table[s->inputs]);
    return plm_rounding_look_at_source(s);
}

/* Opens a source over the caller's arrays. An error is recorded on the source's own runtime first,
 * and then copied to the user's. */
plm_status plm_source_arrays(plm *user, const plm_arrays *a, plm_source **out)
{
    *out = NULL;
    plm_source *s = plm_source_new(user);
    if (!s)
        return PLM_E_MEMORY;
    const plm_status status = open_arrays(s, a);
    if (status < 0) {
        const plm_status reported = plm_source_carry(user, s, status);
        plm_source_release(s);
        return reported;
    }
    *out = s;
    return PLM_OK;
}
