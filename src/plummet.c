/* Opens and closes runtimes, and gives help as text. Only this file knows the families of kinds
 * (from the registry that the build generates), the kernels, the thread pool and the options
 * together.
 *
 * A runtime is always returned if there is memory for it. If one of its parts could not be opened,
 * it holds the error, and every later call returns that error. So a program can check once, after
 * plm_open or after the first call that matters. */
#include "plummet.h"

#include <string.h>

#include "base/cores.h"
#include "base/fields.h"
#include "base/foreign.h"
#include "base/names.h"
#include "base/threads.h"
#include "base/tuning.h"
#include "kernel/kernel.h"

enum { MAX_THREADS = 256, MAX_NAMES = 1024 };

/* All families (layers, losses, optimizers, ...) with their kinds. The build generates this table
 * from the source folders; the entry with name NULL ends it. */
extern const plm_family plm_families[];
/* Names from other libraries, such as PyTorch, with the equivalent name here
 * (nn/foreign_words.c). */
extern const plm_foreign plm_foreign_words;

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

/* Returns the version of this library. The texts come from the macros of the header that it was
 * built with. */
const char *plm_version(void)
{
    return TEXT_OF(PLM_VERSION_MAJOR) "." TEXT_OF(PLM_VERSION_MINOR) "." TEXT_OF(PLM_VERSION_PATCH);
}

/* Returns the name of a status as the header writes it, for logs. */
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

/* Sets the number of threads; 0 becomes the number of cores. */
static plm_status choose_threads(plm *w)
{
    const int requested = w->options.threads;
    if (requested < 0 || requested > MAX_THREADS) {
        w->options.threads = 1;
        return plm_fail(w, PLM_E_SPEC, "plm_open", "use 0 for every core this process may use",
                        "threads must be between 0 and %d, got %d", MAX_THREADS, requested);
    }
    if (requested == 0) {
        const int cores = plm_cores();
        w->options.threads = cores < MAX_THREADS ? cores : MAX_THREADS;
    }
    return PLM_OK;
}

/* Sets the kernels for the requested instruction set. After an error the plain ones are used, so
 * that the runtime works well enough to report the error. */
static plm_status choose_kernels(plm *w)
{
    const char *requested = w->options.isa;
    w->kernel = plm_kernels_find(requested);
    if (w->kernel) {
        w->options.isa = w->kernel->isa; /* our text: the caller's is only borrowed */
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
                 "there is no instruction set '%.100s' here", requested ? requested : "(best)");
    plm_text_free(&hint);
    return status;
}

/* Sets up kernels and threads as the options say, and fails on invalid options. */
static plm_status open_parts(plm *w, const plm_options *given)
{
    PLM_TRY(choose_kernels(w));
    PLM_TRY(choose_threads(w));
    w->second_cache = plm_second_cache() / sizeof(plm_real);
    plm_options known;
    PLM_TRY(plm_take_options(w, "plm_open", given, given ? given->size : 0, &known, sizeof known));
    PLM_TRY(plm_tuning_take(w));
    w->pool = plm_pool_open(w, w->options.threads, !w->options.unpinned);
    return w->pool ? PLM_OK : w->error.status;
}

/* Frees the runtime. Called when the last object that uses the runtime was freed. */
static void close_runtime(plm *w)
{
    plm_pool_close(w->pool);
    plm_release(w, w->description);
    plm_release(w, w);
}

/* Opens a runtime. The options are used twice: copied here, before anything can fail, since the
 * runtime's own memory comes from the allocator in them; then read by open_parts, which can record
 * what is wrong with them. */
plm *plm_open(const plm_options *o)
{
    plm start = {0};
    /* open_parts copies the options again, when there is a runtime that can record an error */
    plm_ignore(plm_take_options(NULL, "plm_open", o, o ? o->size : 0, &start.options,
                                sizeof start.options));
    plm *w = plm_allocate(&start, sizeof(plm));
    if (!w)
        return NULL;
    w->options = start.options;
    plm_error_begin(w);
    w->families = plm_families;
    w->foreign = &plm_foreign_words;
    w->users = 1;
    w->close = close_runtime;
    const plm_status status = open_parts(w, o);
    w->fault = status < 0 ? status : PLM_OK; /* from now on plm_fail returns this error */
    return w;
}

/* Gives up the program's use of the runtime. Models and streams that are still open keep it
 * alive. */
void plm_close(plm *w)
{
    if (w && !w->borrowed)
        plm_runtime_leave(w);
}

/* Returns the name of the instruction set whose kernels the runtime uses. */
const char *plm_isa(const plm *w)
{
    return w && w->kernel ? w->kernel->isa : "";
}

/* Returns the number of threads of the pool, the caller included. */
int plm_threads(const plm *w)
{
    return w ? plm_pool_threads(w->pool) : 0;
}

/* Returns the name of an instruction set that this machine and build have, the best one first; NULL
 * = index is beyond the last. */
const char *plm_isa_available(int index)
{
    return index < 0 ? NULL : plm_kernels_name(index);
}

/* ---- help ---- */

/* Adds the list of families to a text: name and help, one line for each family. */
static void describe_families(plm_text *t, const plm *w)
{
    int widest = 0;
    for (const plm_family *f = w->families; f->name; f++)
        if ((int)strlen(f->name) > widest)
            widest = (int)strlen(f->name);
    for (const plm_family *f = w->families; f->name; f++)
        plm_text_format(t, "%-*s  %s\n", widest, f->name, f->help);
}

/* Fails on an unknown name, with the hint "did you mean x?" if one is near, else a list. */
static plm_status fail_unknown(plm *w, const char *what, const char *name, const char *const *names,
                               size_t count)
{
    plm_text hint = {.w = w};
    const char *nearest = plm_name_nearest(name, names, count);
    if (nearest)
        plm_text_format(&hint, "did you mean %s?", nearest);
    for (size_t i = 0; !nearest && i < count && hint.length < PLM_HINT_CAPACITY - 80; i++)
        plm_text_format(&hint, "%s%s", i > 0 ? ", " : "known: ", names[i]);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, "", plm_text_get(&hint), "unknown %s '%.200s'", what, name);
    plm_text_free(&hint);
    return status;
}

/* Returns the entry of the family (a kind, or one of its keywords) with this name or alias; NULL =
 * none. Records no error. */
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

/* Adds the help of everything with this name, from every family, to a text. */
static plm_status describe_anything(plm_text *t, plm *w, const char *name)
{
    const char *names[MAX_NAMES];
    size_t count = 0;
    for (const plm_family *f = w->families; f->name; f++) {
        const plm_kind *kind = look_up(f, name);
        names[count++] = f->name;
        if (kind && t->length > 0)
            plm_text_add(t, "\n");
        if (kind)
            plm_kind_describe(t, f, kind);
        for (const plm_kind *const *k = f->kinds; *k && count < MAX_NAMES; k++)
            names[count++] = (*k)->name;
        for (const plm_kind *const *k = f->words; k && *k && count < MAX_NAMES; k++)
            names[count++] = (*k)->name;
    }
    return t->length > 0 || t->failed ? PLM_OK : fail_unknown(w, "name", name, names, count);
}

/* Adds the help of a family or, if `name` is given, of one of its kinds. */
static plm_status describe_family(plm_text *t, plm *w, const char *family, const char *name)
{
    const char *names[MAX_NAMES];
    size_t count = 0;
    for (const plm_family *f = w->families; f->name && count < MAX_NAMES; f++) {
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

/* Adds the help that plm_describe returns. */
static plm_status describe(plm_text *t, plm *w, const char *family, const char *name)
{
    if (family && !*family && name)
        return describe_anything(t, w, name);
    if (family && (name || strcmp(family, "words") != 0))
        return describe_family(t, w, family, name);
    if (family)
        plm_foreign_describe(t, w);
    else
        describe_families(t, w);
    return PLM_OK;
}

/* Keeps the text of a description until the next description replaces it. Returns NULL if making
 * the text failed. Adding an empty text allocates the buffer, so that an empty family gives "" and
 * not NULL. */
static const char *keep_description(plm *w, plm_text *t, plm_status status)
{
    if (status < 0 || t->failed) {
        plm_text_free(t);
        return NULL;
    }
    plm_text_add(t, ""); /* adding "" allocates the buffer, so that an empty family gives "" and not
                          * NULL */
    plm_release(w, w->description);
    w->description = t->data;
    return w->description;
}

/* Returns help as text: the list of families, one family, or one kind. NULL = failed, with the
 * error recorded. */
const char *plm_describe(plm *w, const char *family, const char *name)
{
    if (!w || w->fault < 0)
        return w ? NULL : "";
    plm_text t = {.w = w};
    const plm_status status = describe(&t, w, family, name);
    return keep_description(w, &t, status);
}

/* Returns one family, or all of them, as JSON: each kind with its fields, for programs that make
 * forms or completions. */
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
