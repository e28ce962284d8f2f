/* Measures an activation by evaluating it: its limits far from 0, the mean and standard deviation
 * of its outputs, and the time that it takes. */
#include "study/activation.h"

#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "base/runtime.h"
#include "base/system.h"
#include "study/curve.h"

/* The integrals use a grid of POINTS numbers from -EDGE to EDGE. A standard normal number lies
 * outside of it less than once in 10^11 draws. The time is the shortest of PASSES forward passes
 * over TIMED numbers, in rows of WIDTH. */
enum { POINTS = 8192, EDGE = 7, WIDTH = 256, TIMED = 1 << 19, PASSES = 7 };

/* Finds the kind of an activation. Only the name before the bracket is used, so a spec with a wrong
 * argument has a kind, too. */
const plm_kind *plm_activation_kind_of(const plm *w, const char *spec)
{
    char name[64];
    const size_t length = strcspn(spec, "( ");
    const plm_family *f = plm_family_find(w, "activation");
    if (length >= sizeof name || !f)
        return NULL;
    memcpy(name, spec, length);
    name[length] = '\0';
    for (const plm_kind *const *k = f->kinds; *k; k++)
        if (plm_kind_named(*k, name))
            return *k;
    return NULL;
}

/* Fills out[2] with the values that an activation reaches far to the left and far to the right; NaN
 * = it has no such limit there. It has a limit on a side if its values at 1e5 and 1e6 on that side
 * differ by less than 1e-4; softsign is slow to reach its own. */
plm_status plm_activation_limits(plm *w, const char *spec, double out[2])
{
    plm_function f;
    const float x[4] = {-1e6F, -1e5F, 1e5F, 1e6F};
    float y[4];
    plm_status status = plm_function_open(&f, w, spec, 2);
    if (status >= 0)
        status = plm_function_apply(&f, 2, x, y);
    plm_function_free(&f);
    for (int i = 0; i < 2; i++) {
        const double near = (double)y[1 + i], far = (double)y[3 * i];
        out[i] = status >= 0 && isfinite(far) && fabs(far - near) < 1e-4 ? far : (double)NAN;
    }
    return status;
}

/* Adds the spec with the parameters that it leaves at their default: "elu" gives "elu(alpha=1)". A
 * spec with a bracket already shows its parameters and is not changed. */
void plm_activation_label(plm_text *t, const char *spec)
{
    const plm_kind *kind = plm_activation_kind_of(t->w, spec);
    bool any = false;
    plm_text_add(t, spec);
    /* the spec is valid, so its kind exists: if it was not found, memory has run out */
    t->failed |= kind == NULL;
    if (kind == NULL || strchr(spec, '(') != NULL)
        return;
    for (const plm_field *f = kind->fields; f && f->name; f++) {
        const char *end = NULL;
        const double value = f->fallback ? plm_text_number(f->fallback, &end) : 0;
        if (f->type != PLM_REAL || end == f->fallback || !isfinite(value) || !(fabs(value) > 0))
            continue;
        plm_text_format(t, "%s%s=%s", any ? ", " : "(", f->name, f->fallback);
        any = true;
    }
    plm_text_add(t, any ? ")" : "");
}

/* Sets the mean, the standard deviation and the flat share of *out by integrals over the points x
 * and y [POINTS]. */
static void integrate(const float *x, const float *y, plm_activation_facts *out)
{
    double total = 0, sum = 0, squares = 0, flat = 0;
    for (int i = 1; i + 1 < POINTS; i++) {
        const double z = (double)x[i], weight = exp(-z * z / 2), value = (double)y[i],
                     slope = ((double)y[i + 1] - (double)y[i - 1]) /
                             ((double)x[i + 1] - (double)x[i - 1]);
        total += weight;
        sum += weight * value;
        squares += weight * value * value;
        flat += fabs(slope) < 0.01 ? weight : 0;
    }
    out->mean = sum / total;
    out->deviation = sqrt(fmax(0, squares / total - out->mean * out->mean));
    out->flat = flat / total;
}

/* Measures the time of a forward pass. x, y: [TIMED]. */
static plm_status take_time(const plm_function *f, const float *x, float *y,
                            plm_activation_facts *out)
{
    double shortest = INFINITY;
    for (int i = 0; i < PASSES; i++) {
        const double begin = plm_seconds();
        PLM_TRY(plm_function_apply(f, TIMED / WIDTH, x, y));
        shortest = fmin(shortest, plm_seconds() - begin);
    }
    out->nanoseconds = shortest / TIMED * 1e9;
    return PLM_OK;
}

/* Measures an activation. Mean, standard deviation and flat share are integrals over the normal
 * density; the time is the shortest of several passes. x repeats the POINTS numbers from -EDGE to
 * EDGE, so one pass serves for both. */
plm_status plm_activation_measure(plm *w, const char *spec, plm_activation_facts *out)
{
    plm_function f = {0};
    float *x = plm_allocate_array(w, TIMED, sizeof *x),
          *y = plm_allocate_array(w, TIMED, sizeof *y);
    plm_status status = x && y ? plm_function_open(&f, w, spec, WIDTH) : PLM_E_MEMORY;
    for (int i = 0; i < TIMED && status >= 0; i++)
        x[i] = (float)(((double)(i % POINTS) / (POINTS - 1) * 2 - 1) * EDGE);
    if (status >= 0)
        status = take_time(&f, x, y, out);
    if (status >= 0)
        integrate(x, y, out);
    plm_function_free(&f);
    plm_release(w, x);
    plm_release(w, y);
    return status;
}
