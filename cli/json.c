/* Prints JSON lines to a stream: one object per line. */
#include "output.h"

#include <math.h>

#include "run/json_text.h"

plm_cli_json plm_cli_json_begin(FILE *f)
{
    fputc('{', f);
    return (plm_cli_json){.f = f};
}

static void put_string(FILE *f, const char *text)
{
    plm_text t = {0};
    plm_json_text_string(&t, text);
    if (t.failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(&t), f);
    plm_text_free(&t);
}

static void json_key(plm_cli_json *j, const char *key)
{
    if (j->more)
        fputc(',', j->f);
    j->more = true;
    put_string(j->f, key);
    fputc(':', j->f);
}

static void json_figure(FILE *f, double value)
{
    if (isfinite(value))
        fprintf(f, "%.9g", value);
    else
        fputs("null", f);
}

void plm_cli_json_number(plm_cli_json *j, const char *key, double value)
{
    json_key(j, key);
    json_figure(j->f, value);
}

void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value)
{
    json_key(j, key);
    put_string(j->f, value);
}

void plm_cli_json_reals(plm_cli_json *j, const char *key, int count, const double *value)
{
    json_key(j, key);
    for (int i = 0; i < count; i++) {
        fputc(i ? ',' : '[', j->f);
        json_figure(j->f, value[i]);
    }
    fputs(count ? "]" : "[]", j->f);
}

void plm_cli_json_end(plm_cli_json *j)
{
    fputs("}\n", j->f);
}
