/* Binds the specs of learning rate schedules and computes the rate of a step. A schedule gives the
 * rate as a function of the step, which counts from 0. Each group of schedules has a file,
 * schedule_*.c.
 *
 * The spec of a schedule is read once, when a model is compiled. Lengths in its config may be given
 * as numbers of steps or as fractions of the run: 0.1, or `all`. The length of the run is known
 * only when a fit begins, so a schedule has two configs: `given`, as the user wrote it, and
 * `config`, in which plm_schedule_resolve has replaced the fractions by numbers of steps. This
 * function may be called again for a longer run. */
#include <math.h>
#include <string.h>

#include "nn/schedule_rule.h"

/* Length of the run, in steps, with which every config is checked while the real length is not
 * known. */
enum { NOMINAL_STEPS = 1000000 };

/* ---- fractions of the run ---- */

/* Returns the number of steps that a number in a config means: below 0 it means `all` steps,
 * between 0 and 1 a fraction of `all`, else itself. So 1.0 is one step; the whole run is written as
 * `all`. */
static double steps_of(double given, double all)
{
    return given < 0 ? all : given > 0 && given < 1 ? given * all : given;
}

/* True if the number of steps is given as a fraction of the run. */
static bool is_part(double given)
{
    return given < 0 || (given > 0 && given < 1);
}

/* True if a field holds a list of numbers of steps. It has the type of a list of numbers and is
 * read and printed like one; only its member `choices` differs. */
static bool lists_steps(const plm_field *f)
{
    return f->type == PLM_REALS && f->choices != NULL;
}

/* Resolves one field: copies its numbers of steps from `given` to `config`. Returns true if some of
 * them are fractions of the run. given, config: the two structs, in which the field has the same
 * offset. */
static bool resolve_field(const plm_field *f, const void *given, void *config, double all)
{
    const void *from = (const char *)given + f->offset;
    void *to = (char *)config + f->offset;
    bool partial = false;
    if (f->type == PLM_STEPS) {
        const double steps = *(const double *)from;
        *(double *)to = steps_of(steps, all);
        return is_part(steps);
    }
    const plm_reals *list = from;
    for (int i = 0; lists_steps(f) && i < list->count; i++) {
        partial = partial || is_part(list->at[i]);
        /* the list in `config` is a copy that may be written (own_config) */
        ((double *)(uintptr_t)((const plm_reals *)to)->at)[i] = steps_of(list->at[i], all);
    }
    return partial;
}

/* Sets the number of steps of the run, so that fractions of the run become numbers of steps. In a
 * schedule made of others, the run of a part lasts until the next part begins. The function is
 * first called with NOMINAL_STEPS when the spec is read, so that errors are found early, then with
 * the real number when a fit begins. The steps are computed from `given` each time, so a longer run
 * stretches the schedule. */
void plm_schedule_resolve(plm_schedule *s, int64_t steps)
{
    const double all = steps > 1 ? (double)steps : 1;
    if (s->kind == NULL)
        return;
    for (const plm_field *f = s->kind->kind.fields; f->name != NULL; f++)
        s->partial = resolve_field(f, s->given, s->config, all) || s->partial;
    for (int i = 0; i < s->parts; i++) {
        const int64_t begin = s->kind->begin(s->config, i);
        const int64_t end = i + 1 < s->parts ? s->kind->begin(s->config, i + 1) : (int64_t)all;
        plm_schedule_resolve(&s->part[i], end - begin);
        s->partial = s->partial || s->part[i].partial;
    }
    s->resolved = true;
}

/* Copies the config of a schedule and its lists of steps, which plm_schedule_resolve writes to. A
 * copy of the struct alone would share the lists with `given`, whose numbers must not change. */
static plm_status own_config(plm_arena *a, plm_schedule *s)
{
    const plm_kind *kind = &s->kind->kind;
    s->config = plm_arena_take(a, kind->config_size + 1);
    if (s->config == NULL)
        return PLM_E_MEMORY;
    memcpy(s->config, s->given, kind->config_size);
    for (const plm_field *f = kind->fields; f->name != NULL; f++) {
        plm_reals *list = (plm_reals *)(void *)((char *)s->config + f->offset);
        if (!lists_steps(f))
            continue;
        double *copy = plm_arena_array(a, (size_t)list->count + 1, sizeof *copy);
        if (copy == NULL)
            return PLM_E_MEMORY;
        if (list->count > 0)
            memcpy(copy, list->at, (size_t)list->count * sizeof *copy);
        list->at = copy;
    }
    return PLM_OK;
}

/* ---- binding ---- */

/* Fails on an invalid value. A learning rate is the only number without an upper bound. */
static plm_status fail_rate(plm *w, const plm_schedule *s, const char *where, double rate)
{
    if (s->high < INFINITY)
        return plm_fail(w, PLM_E_SPEC, where, "give a number in this range, or a schedule",
                        "%s must be between 0 and %g, got %g", s->name, s->high, rate);
    return plm_fail(
        w, PLM_E_SPEC, where,
        "0.01 suits sgd, 0.001 suits adam; a learning-rate range test finds a rate for your net",
        "%s must be above 0 and finite, got %g", s->name, rate);
}

/* True if the first rate is valid. It may be 0 at the start of a rise, which the rate at step 1
 * shows; a dropout rate or the like may always be 0. Schedules made of others, and those with a
 * fault() of their own, may start at 0, too, since their numbers are checked elsewhere. Later steps
 * are checked during training. */
static bool is_rate(const plm_schedule *s)
{
    const double first = plm_schedule_at(s, 0);
    const bool checked = s->kind == NULL || (s->kind->chain == NULL && s->kind->fault == NULL);
    if (!isfinite(first) || first < 0 || first > s->high)
        return false;
    return first > 0 || s->high < INFINITY || (s->kind != NULL && !checked) ||
           (s->kind != NULL && plm_schedule_at(s, 1) > 0);
}

static plm_status bind(plm_arena *a, const plm_spec *spec, plm_schedule *out);

/* Reads the parts of a schedule that is made of others. A part gets the name and the range of the
 * whole, for its checks and messages. */
static plm_status bind_parts(plm_arena *a, plm_schedule *s)
{
    const plm_spec *part[PLM_SCHEDULE_PARTS];
    const char *name = s->kind->kind.name;
    if (s->kind->parts == NULL)
        return PLM_OK;
    s->parts = s->kind->parts(s->given, part);
    s->part = plm_arena_array(a, (size_t)s->parts, sizeof *s->part);
    if (s->part == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < s->parts; i++) {
        s->part[i] = (plm_schedule){.name = s->name, .high = s->high};
        PLM_TRY(bind(a, part[i], &s->part[i]));
        if (s->part[i].kind != NULL && s->part[i].kind->rule != PLM_RULE_NONE)
            return plm_fail(a->w, PLM_E_SPEC, name,
                            "write the whole schedule as an expression: per_step('...')",
                            "an expression cannot be a part of %s", name);
    }
    return PLM_OK;
}

/* True if a list has both numbers of steps and fractions of the run, such as [0.5, 1000]. Whether
 * such a list is in ascending order depends on the length of the run, which is not known when the
 * order is checked. */
static bool mixes(const plm_schedule *s)
{
    bool mixed = false;
    for (const plm_field *f = s->kind->kind.fields; f->name != NULL; f++) {
        const plm_reals *list =
            (const plm_reals *)(const void *)((const char *)s->given + f->offset);
        bool parts = false, steps = false;
        for (int i = 0; lists_steps(f) && i < list->count; i++) {
            parts = parts || is_part(list->at[i]);
            steps = steps || list->at[i] >= 1;
        }
        mixed = mixed || (parts && steps);
    }
    return mixed;
}

/* Reads the spec of a schedule that is not a number. The config is checked twice: as given, and
 * with NOMINAL_STEPS as the length of the run, which turns fractions into numbers of steps. So a
 * rule such as "in ascending order" is checked for both. `resolved` is then set back, since
 * NOMINAL_STEPS must not be used in training. */
static plm_status bind_kind(plm_arena *a, const plm_spec *spec, plm_schedule *out)
{
    const plm_kind *kind = NULL;
    PLM_TRY(plm_kind_bind(a, "schedule", spec, &kind, &out->given));
    out->kind = (const plm_schedule_kind *)(const void *)kind;
    PLM_TRY(own_config(a, out));
    if (out->kind->rule != PLM_RULE_NONE)
        return plm_schedule_rule_bind(a, out);
    const char *fault = mixes(out)
                            ? "give numbers of steps or fractions of the run (below 1), not both"
                        : out->kind->fault != NULL ? out->kind->fault(out->given)
                                                   : NULL;
    if (fault == NULL)
        PLM_TRY(bind_parts(a, out));
    plm_schedule_resolve(out, NOMINAL_STEPS);
    out->resolved = false;
    if (fault == NULL && out->kind->fault != NULL)
        fault = out->kind->fault(out->config);
    if (fault != NULL)
        return plm_fail(a->w, PLM_E_SPEC, kind->name, kind->examples ? kind->examples[0] : NULL,
                        "%s: %s", kind->name, fault);
    return is_rate(out) ? PLM_OK : fail_rate(a->w, out, kind->name, plm_schedule_at(out, 0));
}

/* Reads a number or a schedule. The caller has set the name and the range in *out. A number is a
 * constant rate, for which `kind` stays NULL. */
static plm_status bind(plm_arena *a, const plm_spec *spec, plm_schedule *out)
{
    if (!spec)
        return plm_fail(a->w, PLM_E_SPEC, out->name, "give a number or a schedule", "%s is none",
                        out->name);
    if (spec->type != PLM_SPEC_NUMBER)
        return bind_kind(a, spec, out);
    out->constant = spec->number;
    return is_rate(out) ? PLM_OK : fail_rate(a->w, out, out->name, spec->number);
}

/* Reads the spec of a learning rate, which is a number or a schedule. A learning rate has no upper
 * bound. */
plm_status plm_schedule_bind(plm_arena *a, const plm_spec *spec, plm_schedule *out)
{
    *out = (plm_schedule){.name = "learning_rate", .high = INFINITY};
    return bind(a, spec, out);
}

/* Reads the schedule of a number that is not the learning rate, such as the weight decay. name:
 * name of the number, for errors. high: the largest allowed value. */
plm_status plm_schedule_bind_value(plm_arena *a, const plm_spec *spec, const char *name,
                                   double high, plm_schedule *out)
{
    *out = (plm_schedule){.name = name, .high = high};
    return bind(a, spec, out);
}

/* ---- values ---- */

/* Returns the value at a step. Fractions of the run must have become numbers of steps.
 * plm_schedule_ask evaluates an expression. */
double plm_schedule_at(const plm_schedule *s, int64_t step)
{
    if (s->kind == NULL)
        return s->constant;
    return s->kind->chain != NULL ? s->kind->chain(s, step) : s->kind->rate(s->config, step);
}

/* Returns the rate before the first step; 0 if an expression gives the rate and the user gave no
 * initial one. It is needed when a model is compiled, before any step. */
double plm_schedule_first(const plm_schedule *s)
{
    if (s->kind == NULL || s->kind->rule == PLM_RULE_NONE)
        return plm_schedule_at(s, 0);
    return isnan(s->constant) ? 0 : s->constant;
}

/* Finds the part of a sequence that acts at this step, from the last one down, and returns its
 * value. A part counts steps from its own beginning. */
double plm_schedule_momentum(const plm_schedule *s, int64_t step)
{
    int part = s->parts - 1;
    if (s->kind == NULL || (s->parts == 0 && s->kind->momentum == NULL))
        return (double)NAN;
    if (s->parts == 0)
        return s->kind->momentum(s->config, step);
    while (part > 0 && step < s->kind->begin(s->config, part))
        part--;
    const int64_t begin = s->kind->begin(s->config, part);
    return plm_schedule_momentum(&s->part[part], step > begin ? step - begin : 0);
}

/* Fails because lengths are given as fractions of the run but the length of the run is not
 * known. */
static plm_status fail_length(plm *w, const plm_schedule *s)
{
    return plm_fail(w, PLM_E_ORDER, s->kind->kind.name,
                    "give numbers of steps, or steps_per_epoch; a loop of your own calls "
                    "plm_model_set_steps",
                    "%s has lengths that are fractions of the run, but the number of its steps is "
                    "not known: the "
                    "data has an unknown number of rows, or the training is not by plm_fit",
                    s->kind->kind.name);
}

/* Computes the rate of the current step. The result of every step is checked, since an expression
 * can give any number. An upper bound applies to rates of dropout and similar numbers, never to a
 * learning rate. */
plm_status plm_schedule_ask(plm *w, const plm_schedule *s, const plm_clock *clock, double *rate)
{
    if (s->partial && !s->resolved)
        return fail_length(w, s);
    if (s->kind == NULL || s->kind->rule == PLM_RULE_NONE)
        *rate = plm_schedule_at(s, clock->step);
    else
        PLM_TRY(plm_schedule_rule_ask(w, s, clock, rate));
    if (isfinite(*rate) && !(*rate < 0) && !(*rate > s->high))
        return PLM_OK;
    return plm_fail(w, PLM_E_NUMERIC, s->kind != NULL ? s->kind->kind.name : s->name,
                    "check the expression for this epoch and step: it must give a finite number "
                    "that is not negative",
                    "the schedule gives the %s %g in epoch %lld, step %lld",
                    s->high < INFINITY ? s->name : "rate", *rate, (long long)clock->epoch + 1,
                    (long long)clock->step);
}
