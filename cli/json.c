/* Prints JSON lines to a stream: one object per line, made as text first (run/json_text.h). */
#include "output.h"

#include "run/json_text.h"

plm_cli_json plm_cli_json_begin(FILE *f)
{
    plm_cli_json j = {.f = f};
    plm_json_text_begin(&j.line);
    return j;
}

/* Returns the object of the line, to which a member is about to be added. */
static plm_json_text next(plm_cli_json *j)
{
    const plm_json_text object = {.t = &j->line, .more = j->more};
    j->more = true;
    return object;
}

void plm_cli_json_number(plm_cli_json *j, const char *key, double value)
{
    plm_json_text object = next(j);
    plm_json_text_number(&object, key, value);
}

void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value)
{
    plm_json_text object = next(j);
    plm_json_text_member(&object, key, value);
}

void plm_cli_json_reals(plm_cli_json *j, const char *key, int count, const double *value)
{
    plm_json_text object = next(j);
    plm_json_text_reals(&object, key, count, value);
}

void plm_cli_json_end(plm_cli_json *j)
{
    plm_json_text object = next(j);
    plm_json_text_end(&object);
    if (j->line.failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(&j->line), j->f);
    plm_text_free(&j->line);
}
