/* What the pictures of plummet plot share. */
#include "plot.h"

#include <stdlib.h>
#include <string.h>

static void append(void *to, char *part)
{
    plm_cli_specs *s = to;
    s->text = plm_cli_grow(s->text, (size_t)s->count, sizeof *s->text);
    s->text[s->count++] = part;
}

plm_cli_specs plm_cli_specs_of(const char *list)
{
    plm_cli_specs s = {0};
    plm_cli_split(list, ',', append, &s);
    return s;
}

void plm_cli_specs_free(plm_cli_specs *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->text[i]);
    free(s->text);
    *s = (plm_cli_specs){0};
}

int plm_cli_function_apply(const plm_cli_function *f, int64_t rows, const float *x, float *y)
{
    plm_view in = {
        .data = (void *)(uintptr_t)x, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    plm_status status = plm_predict(f->m, &in, &out);
    return status < 0 ? plm_cli_fail_status(f->w, status, NULL) : PLM_EXIT_GOOD;
}

/* A function of one number gives the same for it whatever else the row holds. */
static int check_single(const plm_cli_function *f, const char *spec)
{
    size_t width = (size_t)f->width;
    float *x = plm_cli_take(2 * width * sizeof *x), *y = plm_cli_take(2 * width * sizeof *y);
    x[0] = x[width] = 0.5f;
    x[2 * width - 1] = 3;
    int code = plm_cli_function_apply(f, 2, x, y);
    if (!code && (y[0] < y[width] || y[0] > y[width]))
        code = plm_cli_fail(PLM_EXIT_USAGE, spec,
                            "name activations of single numbers: `plummet describe activation`",
                            "%s acts on a whole row, so that it has no curve", spec);
    free(x);
    free(y);
    return code;
}

int plm_cli_function_open(plm_cli_function *f, plm *w, const char *spec, int64_t width)
{
    *f = (plm_cli_function){.w = w, .m = plm_model_new(w), .width = width};
    plm_add(f->m, "input(%lld)", (long long)width);
    plm_add(f->m, "activation(%s)", spec);
    plm_status status = plm_compile(f->m, NULL, NULL, NULL);
    if (status == PLM_E_SPEC) /* the user named no layer: where it stands in ours says nothing */
        return plm_cli_fail(PLM_EXIT_USAGE, spec, plm_last_error(w)->hint, "%s",
                            plm_last_error(w)->what);
    return status < 0 ? plm_cli_fail_status(w, status, spec) : check_single(f, spec);
}

void plm_cli_function_free(plm_cli_function *f)
{
    plm_model_free(f->m);
    *f = (plm_cli_function){0};
}

int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_cli_whole(text, value) && *value >= bounds[0] && *value <= bounds[1]))
        return PLM_EXIT_GOOD;
    char *where = plm_cli_format("--%s", name);
    char *hint = plm_cli_format("a whole number from %lld to %lld", (long long)bounds[0],
                                (long long)bounds[1]);
    int code = plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s cannot be '%s'", name, text);
    free(where);
    free(hint);
    return code;
}
