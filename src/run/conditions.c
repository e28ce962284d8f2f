/* Checks conditions on metrics, for scripts that stop if a net is not good enough. The text is
 * "NAME OPERATOR NUMBER", or several of these separated by commas. The text is checked before the
 * training begins, so that a misspelled metric is not found only after hours. */
#include "run/conditions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/split.h"
#include "nn/metric.h"

enum { LONGEST_CONDITION = 400 };

typedef struct {
    plm *w;
    const char *where; /* place of the text, for errors */
    /* [logs] the metrics to compare; NULL = only check that the text can be parsed */
    const plm_log *log;
    int logs;    /* number of metrics */
    bool failed; /* a condition was checked and did not hold */
} checker;

/* One condition: name, operator and limit, such as accuracy >= 0.97. */
typedef struct {
    char name[64];    /* of a metric, as in the log */
    char operator[3]; /* <, <=, >, >= or == */
    double limit;     /* the number on the right */
} condition;

/* Parses "NAME OPERATOR NUMBER" into *c. False if the text has another form. The text before the
 * first of < > = is the name, so a name may contain any other character. */
static bool parse(const char *text, condition *c)
{
    static const char *const operators[] = {">=", "<=", ">", "<", "=="};
    const char *name = text, *number = text + strcspn(text, "<>=");
    const size_t length = plm_trim(&name, (size_t)(number - text)), sign = strspn(number, "<>=");
    bool known = false;
    snprintf(c->name, sizeof c->name, "%.*s", (int)length, name);
    snprintf(c->operator, sizeof c->operator, "%.*s", (int)(sign < 3 ? sign : 0), number);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        known = known || !strcmp(c->operator, operators[i]);
    number += sign;
    /* no blanks can follow the number, since the text of the condition was trimmed */
    (void)plm_trim(&number, strlen(number));
    return length > 0 && length < sizeof c->name && known && plm_read_real(number, &c->limit) &&
           !isnan(c->limit);
}

/* True if `value OPERATOR limit` holds. A comparison with NaN is false, so a training that ended in
 * NaN never passes. */
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

/* Records E_SPEC for a metric that is not among the logs. The hint gives the most similar name, or
 * all names. */
static plm_status fail_unknown(const checker *j, const char *name)
{
    enum { MOST = 64 };
    const char *names[MOST] = {NULL}, *near = NULL;
    const int count = j->logs < MOST ? j->logs : MOST;
    plm_text hint = {.w = j->w};
    for (int i = 0; i < count; i++)
        names[i] = j->log[i].name;
    near = plm_name_nearest(name, names, (size_t)count);
    if (near)
        plm_text_format(&hint, "did you mean %s?", near);
    for (int i = 0; !near && i < count; i++)
        plm_text_format(&hint, "%s%s", i ? ", " : "the metrics are: ", names[i]);
    const plm_status status =
        plm_fail(j->w, PLM_E_SPEC, j->where, plm_text_get(&hint), "there is no metric '%s'", name);
    plm_text_free(&hint);
    return status;
}

/* Returns the index of the metric with this name or, without it, of the first metric that the name
 * also means; j->logs = there is none. */
static int find_log(const checker *j, const char *name)
{
    int i = 0;
    while (i < j->logs && strcmp(j->log[i].name, name) != 0)
        i++;
    for (int k = 0; i == j->logs && k < j->logs; k++)
        if (plm_metric_same(name, j->log[k].name))
            return k;
    return i;
}

/* Checks one condition. Without logs, only parses it. */
static plm_status check_part(checker *j, const char *part)
{
    condition c;
    if (!parse(part, &c))
        return plm_fail(j->w, PLM_E_SPEC, j->where,
                        "write a condition such as 'accuracy>=0.97' (operators: >= <= > < ==)",
                        "'%s' is not a condition", part);
    if (!j->log)
        return PLM_OK;
    const int i = find_log(j, c.name);
    if (i == j->logs)
        return fail_unknown(j, c.name);
    if (holds(&c, j->log[i].value))
        return PLM_OK;
    j->failed = true;
    return plm_fail(j->w, PLM_E_DATA, j->where, NULL, "the condition %s does not hold: %s is %.6g",
                    part, c.name, j->log[i].value);
}

/* Checks the conditions of the text in order, up to the first that fails. */
static plm_status check_all(checker *j, const char *text)
{
    char copy[LONGEST_CONDITION];
    const char *part = NULL;
    size_t length = 0;
    while (plm_split_next(&text, ',', &part, &length)) {
        if (length >= sizeof copy)
            return plm_fail(j->w, PLM_E_SPEC, j->where, "write each condition as METRIC >= NUMBER",
                            "a condition is longer than %d bytes", LONGEST_CONDITION - 1);
        snprintf(copy, sizeof copy, "%.*s", (int)length, part);
        PLM_TRY(check_part(j, copy));
    }
    return PLM_OK;
}

/* Checks only that the text can be parsed, before a long evaluation begins. */
plm_status plm_conditions_check(plm *w, const char *where, const char *text)
{
    return check_all(&(checker){.w = w, .where = where}, text);
}

/* Compares the metrics with all conditions. log [logs]: the metrics. */
plm_status plm_conditions_hold(plm *w, const char *where, const char *text, const plm_log *log,
                               int logs, bool *hold)
{
    checker j = {.w = w, .where = where, .log = log, .logs = logs};
    const plm_status status = check_all(&j, text);
    *hold = !j.failed;
    return status;
}
