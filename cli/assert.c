/* Conditions on figures: "NAME OPERATOR NUMBER", several separated by commas. */
#include "assert.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const plm_log *log; /* NULL = only read the text */
    int logs;
    int code; /* the first failure */
} judge;

typedef struct {
    char name[64];
    char operator[3];
    double limit;
} condition;

static bool parse(const char *text, condition *c)
{
    size_t length = strcspn(text, "<>=");
    char *name = plm_cli_trimmed(text, length);
    size_t sign = strspn(text + length, "<>=");
    char *number = plm_cli_trimmed(text + length + sign, strlen(text + length + sign));
    snprintf(c->name, sizeof c->name, "%s", name);
    snprintf(c->operator, sizeof c->operator, "%.*s", (int)(sign < 3 ? sign : 0), text + length);
    bool good =
        *name && strlen(name) < sizeof c->name && plm_cli_real(number, &c->limit) &&
        (!strcmp(c->operator, ">=") || !strcmp(c->operator, "<=") || !strcmp(c->operator, ">") ||
         !strcmp(c->operator, "<") || !strcmp(c->operator, "=="));
    free(name);
    free(number);
    return good;
}

static bool holds(const condition *c, double value)
{
    switch (c->operator[0]) {
    case '>':
        return c->operator[1] ? value >= c->limit : value> c->limit;
    case '<':
        return c->operator[1] ? value <= c->limit : value<c->limit;
    default:
        return value == c->limit;
    }
}

static const char *log_name(const void *of, int i)
{
    const judge *j = of;
    return j->log[i].name;
}

static int find(const judge *j, const char *name)
{
    int i = 0;
    while (i < j->logs && strcmp(j->log[i].name, name) != 0)
        i++;
    return i;
}

static int unknown_figure(const judge *j, const char *name)
{
    char hint[256] = "there is:";
    int near = plm_cli_nearest(name, j->logs, log_name, j);
    if (near >= 0)
        snprintf(hint, sizeof hint, "did you mean %s?", j->log[near].name);
    for (int i = 0; near < 0 && i < j->logs; i++) {
        size_t end = strlen(hint);
        snprintf(hint + end, sizeof hint - end, "%s %s", i ? "," : "", j->log[i].name);
    }
    return plm_cli_fail(PLM_EXIT_USAGE, "--assert", hint, "no figure is called '%s'", name);
}

static void judge_part(void *to, char *part)
{
    judge *j = to;
    condition c;
    if (j->code) {
        /* one message is enough */
    } else if (!parse(part, &c)) {
        j->code = plm_cli_fail(PLM_EXIT_USAGE, "--assert",
                               "write it like 'accuracy>=0.97' (>= <= > < ==)",
                               "cannot read the condition '%s'", part);
    } else if (j->log) {
        int i = find(j, c.name);
        if (i == j->logs)
            j->code = unknown_figure(j, c.name);
        else if (!holds(&c, j->log[i].value))
            j->code = plm_cli_fail(PLM_EXIT_ASSERT, "--assert", NULL,
                                   "%s does not hold: %s is %.6g", part, c.name, j->log[i].value);
    }
    free(part);
}

int plm_cli_assert_check(const char *text)
{
    judge j = {0};
    if (text)
        plm_cli_split(text, ',', judge_part, &j);
    return j.code;
}

int plm_cli_assert(const char *text, const plm_log *log, int logs)
{
    judge j = {.log = log, .logs = logs};
    if (text)
        plm_cli_split(text, ',', judge_part, &j);
    return j.code;
}
