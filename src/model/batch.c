/* Gives the rows of batches to plans. The number and the shapes of a batch's arrays are checked
 * once for each batch; after that, plans get pointers to its rows. The caller may pass anything, so
 * no number is read before pointers, types and lengths are checked. Values are not checked here. */
#include <float.h>

#include "data/data.h"
#include "model/model.h"

/* Returns the product of dims[rank]; 1 for rank 0. */
static int64_t row_size(int rank, const int64_t *dims)
{
    int64_t size = 1;
    for (int i = 0; i < rank; i++)
        size *= dims[i];
    return size;
}

/* Checks that an array of a batch has a pointer, float32 numbers and as many rows as the batch.
 * part, index: name the array in messages ("input" or "target", and its number). The dims come from
 * the caller, so they are checked for overflow before anything is computed from them. */
static plm_status check_array(const plm_model *m, const plm_view *v, int64_t rows, const char *part,
                              int index)
{
    if (v->data == NULL)
        return plm_fail_key(m->w, PLM_E_SHAPE, "data", "give a pointer to the numbers",
                            "%s %d of the data is NULL", part, index);
    if (v->dtype != PLM_F32)
        return plm_fail_key(
            m->w, PLM_E_SHAPE, "data",
            "give batches of float32, class numbers included; plm_data_arrays converts other types",
            "%s %d of the data is not float32", part, index);
    int64_t numbers = 0;
    if (v->rank >= 1 && v->dims[0] == rows && !plm_view_numbers(v, &numbers))
        return plm_fail_key(m->w, PLM_E_SHAPE, "data", "give the true length of each axis in dims",
                            "%s %d of the data has a shape that is larger than any memory", part,
                            index);
    if (v->rank < 1 || v->rank > PLM_RANK || v->dims[0] != rows)
        return plm_fail_key(m->w, PLM_E_SHAPE, "data",
                            "make dims[0] of every array the number of rows of the batch",
                            "the batch has %lld rows, but %s %d of the data has %lld",
                            (long long)rows, part, index,
                            (long long)(v->rank < 1 ? 0 : v->dims[0]));
    return PLM_OK;
}

/* Checks that a row of an array has as many numbers as the model takes for `value`. */
static plm_status check_view(const plm_model *m, const plm_view *v, plm_value value,
                             const char *part, int index)
{
    const plm_shape *s = plm_graph_shape(&m->graph, value);
    if (row_size(v->rank - 1, v->dims + 1) == s->lines * s->width)
        return PLM_OK;
    /* the message has both shapes as texts */
    char want[160];
    plm_shape_print(s, want, sizeof want);
    plm_shape have = {.rank = v->rank - 1};
    for (int i = 0; i < have.rank; i++)
        have.dims[i] = v->dims[i + 1];
    char got[160];
    plm_shape_print(&have, got, sizeof got);
    const char *hint =
        part[0] == 'i' ? "set input(...) to the shape of the data's rows"
                       : "give the last layer one unit for each number of the target; for class "
                         "numbers use sparse_categorical_crossentropy, or add one_hot to the data";
    const plm_status status =
        plm_fail_key(m->w, PLM_E_SHAPE, "data", hint,
                     "%s %d of the data is %s, but the model takes %s", part, index, got, want);
    return part[0] == 't' ? plm_fail_code(m->w, "S301", status) : status;
}

/* Checks the number of the targets, their rows and their shapes. */
static plm_status check_targets(const plm_model *m, const plm_batch *b)
{
    if (b->targets != m->heads)
        return plm_fail_key(
            m->w, PLM_E_SHAPE, "data",
            b->targets == 0 ? "name the target column, as in csv('file', target=y)"
            : b->targets > m->heads
                ? "declare one output for each target of the data: outputs: [a, b], or plm_output"
                : "give the data a target for each output, as in csv('file', target=[[y], [z]])",
            "the data has %d target%s, but the model has %d output%s", b->targets,
            b->targets == 1 ? "" : "s", m->heads, m->heads == 1 ? "" : "s");
    for (int i = 0; i < m->heads; i++) {
        PLM_TRY(check_array(m, &b->target[i], b->rows, "target", i));
        PLM_TRY(check_view(m, &b->target[i], m->head[i].target, "target", i));
    }
    return PLM_OK;
}

/* Checks that the sample weights of a batch are numbers of 0 or more. */
static plm_status check_weights(const plm_model *m, const plm_batch *b)
{
    for (int64_t i = 0; b->weight != NULL && i < b->rows; i++)
        if (!(b->weight[i] >= 0 && b->weight[i] <= FLT_MAX))
            return plm_fail_key(m->w, PLM_E_DATA, "data", "give each row a weight of 0 or more",
                                "the sample weight of row %lld of the batch (counted from 0) is %g",
                                (long long)i, (double)b->weight[i]);
    return PLM_OK;
}

/* Checks the number of rows, then each input, the sample weights, then each target. */
plm_status plm_model_check_batch(const plm_model *m, const plm_batch *b, bool targets)
{
    if (b->rows < 1)
        return plm_fail_key(m->w, PLM_E_SHAPE, "data", "leave out batches without rows",
                            "the batch has %lld rows, but needs at least 1", (long long)b->rows);
    if (b->inputs != m->inputs)
        return plm_fail_key(m->w, PLM_E_SHAPE, "data",
                            b->inputs > m->inputs
                                ? "add one input(...) for each input of the data"
                                : "give the data one group of columns for each input, as in "
                                  "csv('file', inputs=[[a, b], [c]])",
                            "the data has %d input%s, but the model has %d", b->inputs,
                            b->inputs == 1 ? "" : "s", m->inputs);
    for (int i = 0; i < m->inputs; i++) {
        PLM_TRY(check_array(m, &b->input[i], b->rows, "input", i));
        PLM_TRY(check_view(m, &b->input[i], m->input[i], "input", i));
        PLM_TRY(
            plm_model_check_ids(m, i, b->input[i].data,
                                b->rows * row_size(b->input[i].rank - 1, b->input[i].dims + 1)));
    }
    PLM_TRY(check_weights(m, b));
    return targets ? check_targets(m, b) : PLM_OK;
}

/* Returns the address of the first number of row `first`. */
static const float *row_at(const plm_view *v, int64_t first)
{
    return (const float *)v->data + first * row_size(v->rank - 1, v->dims + 1);
}

/* Gives the plan pointers to the rows, which are not copied. If the batch has no sample weights,
 * the plan gets ones (m->ones). */
void plm_model_bind(plm_model *m, plm_plan *plan, const plm_batch *b, int64_t first, int64_t rows)
{
    plm_plan_running(plan)->rows = rows;
    for (int i = 0; i < m->inputs; i++)
        plm_plan_bind(plan, m->input[i], row_at(&b->input[i], first), rows);
    if (plan == m->plan[PLM_PLAN_PREDICT] || plan == m->plan[PLM_PLAN_NOISY])
        return;
    for (int i = 0; i < m->heads; i++)
        plm_plan_bind(plan, m->head[i].target, row_at(&b->target[i], first), rows);
    plm_plan_bind(plan, m->weight, b->weight != NULL ? b->weight + first : m->ones, rows);
}
