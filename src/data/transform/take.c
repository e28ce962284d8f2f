/* take: keeps only the first rows. */
#include "data/data.h"

typedef struct {
    int64_t rows; /* first rows that stay */
} take;

static const plm_field fields[] = {
    PLM_FIELD(take, rows, PLM_INT, NULL, 1, 9e15, "number of rows to keep"), {0}};

/* Warns if there are fewer rows than are to be kept. The number of rows of a stream may be unknown;
 * then there is no warning. */
static plm_status settle(plm_transform *t)
{
    const take *c = t->config;
    const int64_t rows = plm_pipeline_rows(t->data);
    if (rows > 0 && rows < c->rows)
        plm_warn(t->data->w, "%s keeps all %lld row%s: there are no more", t->spec, (long long)rows,
                 rows == 1 ? "" : "s");
    return PLM_OK;
}

/* Limits the end of the range. */
static void pick(const plm_transform *t, int64_t *first, int64_t *last)
{
    const take *c = t->config;
    if (*last - *first > c->rows)
        *last = *first + c->rows;
}

extern const plm_transform_kind plm_transform_take;
const plm_transform_kind plm_transform_take = {
    .kind = {.name = "take",
             .help = "keeps only the first rows",
             .notes = "After a shuffle, it keeps different random rows in each epoch.",
             .config_size = sizeof(take),
             .fields = fields,
             .examples = PLM_LIST("digits | take(100) | batch(10)")},
    .role = PLM_TRANSFORM_PICKS,
    .settle = settle,
    .pick = pick,
};
