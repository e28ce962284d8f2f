/* Opens a runtime: the only file that knows the families of kinds, through the registry the
 * build writes, and the kernels, the pool and the options together. Also the help in text. */
#include "plummet.h"

#include <string.h>

#include "base/fields.h"
#include "base/names.h"
#include "base/threads.h"
#include "kernel/kernel.h"

enum { MOST_THREADS = 256, MOST_NAMES = 1024 };

/* Written by the build from the folders of the kinds; ended by name NULL. */
extern const plm_family plm_families[];

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

const char *plm_version(void)
{
    return TEXT_OF(PLM_VERSION_MAJOR) "." TEXT_OF(PLM_VERSION_MINOR) "." TEXT_OF(PLM_VERSION_PATCH);
}

const char *plm_status_name(plm_status status)
{
    static const char *const names[] = {
        "PLM_E_INTERNAL", "PLM_E_UNSUPPORTED", "PLM_E_NUMERIC", "PLM_E_ORDER", "PLM_E_MEMORY",
        "PLM_E_IO",       "PLM_E_FORMAT",      "PLM_E_DATA",    "PLM_E_SHAPE", "PLM_E_SPEC",
        "PLM_OK",         "PLM_END",           "PLM_STOPPED"};
    if (status < PLM_E_INTERNAL || status > PLM_STOPPED)
        return "unknown";
    return names[status - PLM_E_INTERNAL];
}

/* ---- opening ---- */

static plm_status choose_threads(plm *w)
{
    const int asked = w->options.threads;
    if (asked < 0 || asked > MOST_THREADS) {
        w->options.threads = 1;
        return plm_fail(w, PLM_E_SPEC, "plm_open", "use 0 for every core this process may use",
                        "threads must be between 0 and %d, got %d", MOST_THREADS, asked);
    }
    if (asked == 0) {
        const int cores = plm_cores();
        w->options.threads = cores < MOST_THREADS ? cores : MOST_THREADS;
    }
    return PLM_OK;
}

static plm_status choose_kernels(plm *w)
{
    const char *asked = w->options.isa;
    w->kernel = plm_kernels_find(asked);
    if (w->kernel) {
        w->options.isa = w->kernel->isa; /* ours, not the caller's memory */
        return PLM_OK;
    }
    w->kernel = plm_kernels_find("plain");
    w->options.isa = "plain";
    plm_text hint = {.w = w};
    plm_text_add(&hint, "this machine and build have: ");
    for (int i = 0; plm_kernels_name(i); i++)
        plm_text_format(&hint, "%s%s", i > 0 ? ", " : "", plm_kernels_name(i));
    const plm_status status =
        plm_fail(w, PLM_E_UNSUPPORTED, "isa", plm_text_get(&hint),
                 "there is no instruction set '%.100s' here", asked ? asked : "(best)");
    plm_text_free(&hint);
    return status;
}

static plm_status open_parts(plm *w, const plm_options *said)
{
    PLM_TRY(choose_kernels(w));
    PLM_TRY(choose_threads(w));
    plm_options known;
    PLM_TRY(plm_take_options(w, "plm_open", said, said ? said->size : 0, &known, sizeof known));
    w->pool = plm_pool_open(w, w->options.threads, !w->options.unpinned);
    return w->pool ? PLM_OK : w->error.status;
}

static void close_runtime(plm *w)
{
    plm_pool_close(w->pool);
    plm_release(w, w->description);
    plm_release(w, w);
}

plm *plm_open(const plm_options *o)
{
    plm start = {0};
    /* open_parts takes them again, when there is a runtime to keep the error */
    plm_ignore(plm_take_options(NULL, "plm_open", o, o ? o->size : 0, &start.options,
                                sizeof start.options));
    start.options.size = sizeof start.options;
    plm *w = plm_allocate(&start, sizeof(plm));
    if (!w)
        return NULL;
    w->options = start.options;
    w->error = (plm_error){.status = PLM_OK, .what = w->what, .where = w->where, .hint = w->hint};
    w->families = plm_families;
    w->users = 1;
    w->close = close_runtime;
    const plm_status status = open_parts(w, o);
    w->fault = status < 0 ? status : PLM_OK; /* from here on plm_fail reports this one */
    return w;
}

void plm_close(plm *w)
{
    if (w)
        plm_runtime_leave(w);
}

const char *plm_isa(const plm *w)
{
    return w && w->kernel ? w->kernel->isa : "";
}

int plm_threads(const plm *w)
{
    return w ? plm_pool_threads(w->pool) : 0;
}

const char *plm_isa_available(int index)
{
    return index < 0 ? NULL : plm_kernels_name(index);
}

/* ---- help ---- */

static void describe_families(plm_text *t, const plm *w)
{
    int widest = 0;
    for (const plm_family *f = w->families; f->name; f++)
        if ((int)strlen(f->name) > widest)
            widest = (int)strlen(f->name);
    for (const plm_family *f = w->families; f->name; f++)
        plm_text_format(t, "%-*s  %s\n", widest, f->name, f->help);
}

/* "did you mean x?" from names, if one is near; else `otherwise`. */
static plm_status fail_unknown(plm *w, const char *what, const char *name, const char *const *names,
                               size_t count)
{
    plm_text hint = {.w = w};
    const char *nearest = plm_name_nearest(name, names, count);
    if (nearest)
        plm_text_format(&hint, "did you mean %s?", nearest);
    for (size_t i = 0; !nearest && i < count && hint.length < PLM_HINT_ROOM - 80; i++)
        plm_text_format(&hint, "%s%s", i > 0 ? ", " : "known: ", names[i]);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, "", plm_text_get(&hint), "unknown %s '%.200s'", what, name);
    plm_text_free(&hint);
    return status;
}

/* The kind of that name or alias in a family, without an error. */
static const plm_kind *look_up(const plm_family *family, const char *name)
{
    for (const plm_kind *const *k = family->kinds; *k; k++)
        if (plm_kind_named(*k, name))
            return *k;
    for (const plm_kind *const *k = family->words; k && *k; k++)
        if (plm_kind_named(*k, name))
            return *k;
    return NULL;
}

/* Whatever has that name, in every family. */
static plm_status describe_anything(plm_text *t, plm *w, const char *name)
{
    const char *names[MOST_NAMES];
    size_t count = 0;
    for (const plm_family *f = w->families; f->name; f++) {
        const plm_kind *kind = look_up(f, name);
        names[count++] = f->name;
        if (kind && t->length > 0)
            plm_text_add(t, "\n");
        if (kind)
            plm_kind_describe(t, f, kind);
        for (const plm_kind *const *k = f->kinds; *k && count < MOST_NAMES; k++)
            names[count++] = (*k)->name;
        for (const plm_kind *const *k = f->words; k && *k && count < MOST_NAMES; k++)
            names[count++] = (*k)->name;
    }
    return t->length > 0 || t->failed ? PLM_OK : fail_unknown(w, "name", name, names, count);
}

static plm_status describe(plm_text *t, plm *w, const char *family, const char *name)
{
    const char *names[MOST_NAMES];
    size_t count = 0;
    if (!family) {
        describe_families(t, w);
        return PLM_OK;
    }
    if (!*family && name)
        return describe_anything(t, w, name);
    for (const plm_family *f = w->families; f->name && count < MOST_NAMES; f++) {
        names[count++] = f->name;
        if (!plm_name_equal(f->name, family))
            continue;
        const plm_kind *kind = name ? look_up(f, name) : NULL;
        if (kind)
            plm_kind_describe(t, f, kind);
        else if (name)
            return plm_kind_find(w, f->name, name) ? PLM_OK : PLM_E_SPEC; /* records the error */
        else
            plm_family_describe(t, f);
        return PLM_OK;
    }
    return fail_unknown(w, "family of kinds", family, names, count);
}

/* Keeps the text of a description until the next one; NULL when it failed. */
static const char *keep_description(plm *w, plm_text *t, plm_status status)
{
    if (status < 0 || t->failed) {
        plm_text_free(t);
        return NULL;
    }
    plm_text_add(t, ""); /* an empty family is an empty text, not nothing */
    plm_release(w, w->description);
    w->description = t->data;
    return w->description;
}

const char *plm_describe(plm *w, const char *family, const char *name)
{
    if (!w || w->fault < 0)
        return w ? NULL : "";
    plm_text t = {.w = w};
    const plm_status status = describe(&t, w, family, name);
    return keep_description(w, &t, status);
}

const char *plm_describe_json(plm *w, const char *family)
{
    if (!w || w->fault < 0)
        return w ? NULL : "";
    plm_text t = {.w = w};
    const plm_family *one = family ? plm_family_find(w, family) : NULL;
    if (family && !one) /* records the error, with the nearest name */
        return plm_describe(w, family, NULL);
    const plm_status status = plm_families_json(&t, one);
    return keep_description(w, &t, status);
}
