/* The source over arrays of the caller: borrowed, in memory, any dtype. */
#include "data/data.h"

static const plm_source_kind arrays = {.kind = {.name = "arrays", .help = "arrays of the program itself"}};

static plm_status take(plm_source *s, const plm_view *view, const char *name, plm_table *t)
{
    t->name = name;
    if (!view->data)
        return plm_fail(&s->w, PLM_E_DATA, name, "give a pointer to the numbers", "the array is NULL");
    if (!plm_element_of(view->dtype, &t->element))
        return plm_fail(&s->w, PLM_E_DATA, name, "use PLM_F32, PLM_U8 or another plm_dtype", "dtype %d is unknown",
                        (int)view->dtype);
    PLM_TRY(plm_source_shape(s, t, view->rank, view->dims));
    t->rows = view->data;
    return PLM_OK;
}

static plm_status open_arrays(plm_source *s, const plm_view *x, const plm_view *y)
{
    if (!x)
        return plm_fail(&s->w, PLM_E_DATA, "plm_data_arrays", "give the inputs as a plm_view", "x is NULL");
    s->kind = &arrays;
    s->name = "arrays";
    s->inputs = 1;
    PLM_TRY(take(s, x, "x", &s->table[0]));
    s->rows = x->dims[0];
    if (y) {
        plm_table *t = &s->table[1];
        s->targets = 1;
        PLM_TRY(take(s, y, "y", t));
        if (y->dims[0] != s->rows)
            return plm_fail(&s->w, PLM_E_SHAPE, "plm_data_arrays", "give one target for every row of x",
                            "x has %lld rows, y has %lld", (long long)s->rows, (long long)y->dims[0]);
        PLM_TRY(plm_source_finite(s, t, t->rows, s->rows, 0));
        s->classes = plm_source_count_classes(s, t);
    }
    return plm_source_settle(s);
}

plm_status plm_source_arrays(plm *user, const plm_view *x, const plm_view *y, plm_source **out)
{
    *out = NULL;
    plm_source *s = plm_source_new(user);
    if (!s)
        return PLM_E_MEMORY;
    const plm_status status = open_arrays(s, x, y);
    if (status < 0) {
        plm_source_carry(user, s, status);
        plm_source_release(s);
        return status;
    }
    *out = s;
    return PLM_OK;
}
