/* Writes the record of a repair as a JSON object. docs/guide/doctor.md describes its members. */
#include "doctor/repair.h"

#include <math.h>

/* Adds a member to an object. */
static void set(bool *failed, json_t *object, const char *key, json_t *value)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

/* Appends an element to an array. */
static void append(bool *failed, json_t *array, json_t *value)
{
    *failed = json_array_append_new(array, value) != 0 || *failed;
}

/* Returns a JSON number; null for NaN and infinity. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Returns a text; null for NULL. */
static json_t *text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

/* Returns one branch. */
static json_t *branch(bool *failed, const plm_branch *b)
{
    json_t *object = json_object(), *curve = json_array();
    set(failed, object, "seed", json_integer((json_int_t)b->seed));
    set(failed, object, "steps", json_integer(b->steps));
    set(failed, object, "finite", json_boolean(!b->failed));
    set(failed, object, "value", number(b->value));
    set(failed, object, "loss", number(b->loss));
    for (int i = 0; i < PLM_BRANCH_CURVE; i++)
        append(failed, curve, number(b->curve[i]));
    set(failed, object, "curve", curve);
    return object;
}

/* Returns branches [count]. */
static json_t *branches(bool *failed, int count, const plm_branch *b)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        append(failed, array, branch(failed, &b[i]));
    return array;
}

/* Returns the gain of a change with its confidence interval, as JSON. */
static json_t *gain(bool *failed, const plm_paired *p)
{
    json_t *object = json_object(), *interval = json_array();
    set(failed, object, "pairs", json_integer(p->pairs));
    set(failed, object, "mean", number(p->mean));
    set(failed, object, "error", number(p->error));
    append(failed, interval, number(p->low));
    append(failed, interval, number(p->high));
    set(failed, object, "interval", interval);
    return object;
}

/* Returns one change. */
static json_t *change(bool *failed, const plm_change *c)
{
    static const char *const verdicts[] = {"not_tried",  "refused",     "no_better", "helps_less",
                                           "not_proven", "rolled_back", "proven"};
    json_t *object = json_object(), *keys = json_object();
    set(failed, object, "why", text(c->why));
    for (int i = 0; i < c->sets; i++)
        set(failed, keys, c->set[i].key, json_string(c->set[i].value));
    set(failed, object, "set", keys);
    set(failed, object, "verdict", json_string(verdicts[c->verdict]));
    set(failed, object, "screen", branches(failed, c->screens, c->screen));
    set(failed, object, "before", branches(failed, c->pairs, c->control));
    set(failed, object, "after", branches(failed, c->pairs, c->confirm));
    set(failed, object, "gain", c->pairs > 0 ? gain(failed, &c->gain) : json_null());
    return object;
}

/* Returns the treatment of one fault. */
static json_t *round_of(bool *failed, const plm_repair_round *r)
{
    json_t *object = json_object(), *changes = json_array();
    set(failed, object, "code", text(r->code));
    set(failed, object, "screen", branches(failed, r->screens, r->control));
    for (int i = 0; i < r->changes; i++)
        append(failed, changes, change(failed, &r->change[i]));
    set(failed, object, "changes", changes);
    return object;
}

json_t *plm_repair_json(bool *failed, const plm_repair *r)
{
    json_t *object = json_object(), *rounds = json_array(), *named = json_array();
    set(failed, object, "status", json_string(plm_repair_word(r->status)));
    set(failed, object, "run", text(r->run));
    set(failed, object, "metric", text(r->metric));
    set(failed, object, "before", number(r->before));
    set(failed, object, "after", number(r->after));
    set(failed, object, "steps", json_integer(r->steps));
    set(failed, object, "planned", json_integer(r->planned));
    set(failed, object, "reason", text(r->reason));
    for (int i = 0; i < r->rounds; i++)
        append(failed, rounds, round_of(failed, r->round[i]));
    set(failed, object, "rounds", rounds);
    for (int i = 0; i < r->named; i++)
        append(failed, named, json_string(r->name[i]));
    set(failed, object, "named", named);
    return object;
}
