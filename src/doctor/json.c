/* Writes a diagnosis as one JSON object, for programs. docs/guide/doctor.md describes its
 * members. jansson's functions accept NULL as a value and fail, so the object is built without a
 * check after each member, and `failed` records whether an allocation failed. Values that are
 * unknown are null. */
#include "base/json.h"

#include <math.h>

#include "doctor/diagnosis.h"

/* Adds a member to an object. */
static void set(bool *failed, json_t *object, const char *key, json_t *value)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

/* Returns a JSON number; null for NaN and infinity. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Returns a text; null for "". */
static json_t *text(const char *value)
{
    return *value != '\0' ? json_string(value) : json_null();
}

/* Returns a count; null if it is below 0. */
static json_t *count(int64_t value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

/* Returns where a finding was found. */
static json_t *found(bool *failed, const plm_finding *f)
{
    static const char *const parts[] = {"data", "static", "init", "run", "evaluation", "probe"};
    json_t *object = json_object();
    set(failed, object, "part", json_string(parts[f->part]));
    set(failed, object, "step", count(f->step));
    set(failed, object, "epoch", count(f->epoch < 0 ? -1 : f->epoch + 1));
    return object;
}

/* Returns the remedies that can be written as keys of a run file. */
static json_t *remedies(bool *failed, const plm_finding *f)
{
    json_t *array = json_array();
    for (int i = 0; i < f->remedies; i++) {
        const plm_remedy *r = &f->remedy[i];
        json_t *remedy = json_object(), *keys = json_object();
        if (*r->key != '\0') {
            for (; r != NULL; r = r->also)
                set(failed, keys, r->key, json_string(r->value));
            set(failed, remedy, "set", keys);
        } else {
            json_decref(keys);
            set(failed, remedy, "do", json_string(r->value));
        }
        *failed = json_array_append_new(array, remedy) != 0 || *failed;
    }
    return array;
}

/* Returns the codes of a finding's possible causes that were examined but not found. */
static json_t *ruled_out(bool *failed, const plm_diagnosis *d, const plm_finding *f)
{
    json_t *array = json_array();
    char code[8];
    for (const char *c = plm_diagnosis_next_ruled_out(d, f, NULL, code); c != NULL;
         c = plm_diagnosis_next_ruled_out(d, f, c, code))
        *failed = json_array_append_new(array, json_string(code)) != 0 || *failed;
    return array;
}

/* Returns one finding. */
static json_t *finding(bool *failed, const plm_diagnosis *d, const plm_finding *f)
{
    static const char *const levels[] = {"note", "warning", "error"};
    json_t *object = json_object(), *healthy = json_array();
    const bool range = f->healthy[0] < f->healthy[1];
    set(failed, object, "code", json_string(f->code));
    set(failed, object, "name", json_string(f->name));
    set(failed, object, "level", json_string(levels[f->level]));
    set(failed, object, "what", json_string(f->what));
    set(failed, object, "found", found(failed, f));
    set(failed, object, "key", text(f->key));
    set(failed, object, "layer", text(f->layer));
    set(failed, object, "number", number(f->number));
    set(failed, object, "threshold", number(f->threshold));
    for (int i = 0; i < 2; i++)
        *failed = json_array_append_new(healthy, range ? json_real(f->healthy[i]) : json_null()) ||
                  *failed;
    set(failed, object, "healthy", healthy);
    set(failed, object, "cause", text(f->cause));
    set(failed, object, "ruled_out", ruled_out(failed, d, f));
    set(failed, object, "remedies", remedies(failed, f));
    return object;
}

/* Returns the whole diagnosis as a JSON object. */
static json_t *whole(bool *failed, const plm_diagnosis *d)
{
    json_t *object = json_object(), *findings = json_array();
    const uint64_t seed = (d->model != NULL ? d->model->w : d->w)->options.seed;
    set(failed, object, "format", json_string("plummet-doctor"));
    set(failed, object, "version", json_integer(1));
    set(failed, object, "run", text(d->run != NULL ? d->run : ""));
    set(failed, object, "seed", json_integer((json_int_t)seed));
    set(failed, object, "steps", json_integer(d->c.steps));
    const int64_t last = d->c.samples > 0 ? d->c.sample[d->c.samples - 1].epoch + 1 : 0;
    set(failed, object, "epochs",
        json_integer(d->c.history.rows > last ? d->c.history.rows : last));
    for (int i = 0; i < d->found; i++)
        *failed = json_array_append_new(findings,
                                        finding(failed, d, &d->rule[d->order[i]].finding)) != 0 ||
                  *failed;
    set(failed, object, "findings", findings);
    set(failed, object, "repair",
        d->repair != NULL ? plm_repair_json(failed, d->repair) : json_null());
    return object;
}

/* Returns the diagnosis as one line of JSON; it is valid until the next call. NULL = no memory. */
const char *plm_diagnosis_json(plm_diagnosis *d)
{
    bool failed = false;
    if (d == NULL)
        return NULL;
    plm_text_free(&d->json);
    json_t *object = whole(&failed, d);
    char *dumped = object != NULL && !failed
                       ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9))
                       : NULL;
    json_decref(object);
    if (dumped == NULL) {
        plm_ignore(plm_fail_memory(d->w, "doctor"));
        return NULL;
    }
    plm_text_add(&d->json, dumped);
    plm_json_free(dumped);
    return d->json.failed ? NULL : plm_text_get(&d->json);
}
