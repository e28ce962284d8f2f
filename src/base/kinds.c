/* Finds families and kinds by name.
 *
 * A family is a list of kinds of one sort, such as all layers. The lists are made by the build, so
 * this file knows no kind; a name that is not found gets the nearest one as a hint. */
#include "base/kinds.h"

#include <string.h>

#include "base/foreign.h"
#include "base/names.h"
#include "base/runtime.h"

/* Maximum number of names that a hint is chosen from. */
enum { MAX_NAMES = 512 };

/* Returns the family with this name; NULL = there is none. Names must be equal in every
 * character. */
const plm_family *plm_family_find(const plm *w, const char *name)
{
    for (const plm_family *f = w ? w->families : NULL; f && f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

/* True if `name` is the kind's name or one of its aliases, which are separated by '|'. */
bool plm_kind_named(const plm_kind *kind, const char *name)
{
    size_t length = 0;
    return plm_name_equal(kind->name, name) || plm_word_find(kind->alias, name, &length);
}

/* Returns the position of an argument in a spec of the kind, from 0; SIZE_MAX = it is given by key
 * only. */
size_t plm_kind_position(const plm_kind *kind, const char *key)
{
    const char *words = kind->positions;
    size_t at = 0, length = 0;
    if (!words) {
        while (kind->fields && kind->fields[at].name && strcmp(kind->fields[at].name, key) != 0)
            at++;
        return kind->fields && kind->fields[at].name ? at : SIZE_MAX;
    }
    for (const char *word; (word = plm_word_next(&words, &length)) != NULL; at++)
        if (length == strlen(key) && memcmp(word, key, length) == 0)
            return at;
    return SIZE_MAX;
}

/* True if the family has a kind with this name or alias. */
static bool has_kind(const plm_family *family, const char *name)
{
    for (const plm_kind *const *k = family->kinds; *k; k++)
        if (plm_kind_named(*k, name))
            return true;
    return false;
}

/* A family, and how its kinds are written where they belong: before the name, and after it. */
typedef struct {
    const char *family, *article, *before, *after;
} belonging;

static const belonging belongings[] = {{"schedule", "a", "adam(learning_rate=", "(...))"},
                                       {"optimizer", "an", "optimizer: ", ""},
                                       {"loss", "a", "loss: ", ""},
                                       {"metric", "a", "metrics: [", "]"},
                                       {"observer", "an", "observers: [", "]"},
                                       {"activation", "an", "dense(10, activation=", ")"},
                                       {"layer", "a", "model: [..., ", "]"},
                                       {"initializer", "an", "dense(10, kernel_initializer=", ")"},
                                       {"regularizer", "a", "dense(10, kernel_regularizer=", ")"},
                                       {"constraint", "a", "dense(10, kernel_constraint=", ")"},
                                       {"source", "a", "data: ", ""},
                                       {"transform", "a", "data: digits | ", ""},
                                       {NULL}};

/* Adds a hint if the name is a kind of another family: "cosine_decay is a schedule:
 * adam(learning_rate=cosine_decay(...))". Returns false if it is of none. */
static bool advise_family(plm *w, const plm_family *family, const char *name, plm_text *hint)
{
    for (const belonging *b = belongings; b->family; b++) {
        const plm_family *other = plm_family_find(w, b->family);
        if (!other || other == family || !has_kind(other, name))
            continue;
        plm_text_format(hint, "%s is %s %s: %s%s%s", name, b->article, b->family, b->before, name,
                        b->after);
        return true;
    }
    return false;
}

/* Adds the names of a small family, from which the user may want to choose. */
static void add_few(const char *const *names, size_t count, plm_text *hint)
{
    enum { FEW = 8 };
    for (size_t i = 0; i < count && count <= FEW; i++)
        plm_text_format(hint, "%s%s", i > 0 ? ", " : "; known: ", names[i]);
}

/* Fails on an unknown kind, with a hint that says what another library means by it, to which other
 * family it belongs, or which known one is nearest. A file name in place of a source gets the hint
 * to use csv(...). */
static plm_status fail_kind(plm *w, const plm_family *family, const char *name)
{
    const char *names[MAX_NAMES];
    size_t count = 0;
    for (const plm_kind *const *k = family->kinds; *k && count < MAX_NAMES; k++)
        names[count++] = (*k)->name;
    for (const plm_kind *const *k = family->words; k && *k && count < MAX_NAMES; k++)
        names[count++] = (*k)->name;
    plm_text hint = {.w = w};
    const plm_foreign_kind *foreign = plm_foreign_kind_find(w, family->name, name);
    if (foreign && has_kind(family, foreign->ours))
        plm_text_format(&hint, "did you mean %s?", foreign->ours);
    else if (foreign)
        plm_foreign_advise(&hint, foreign->library, name, foreign->ours);
    else if (strcmp(family->name, "source") == 0 && strchr(name, '.') != NULL)
        plm_text_format(&hint, "if this is a file with a table, write csv('%.200s', target=...)",
                        name);
    else if (!advise_family(w, family, name, &hint))
        plm_name_advise(&hint, name, names, count);
    else
        add_few(names, count, &hint);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, "", plm_text_get(&hint), "unknown %s '%.200s'", family->name, name);
    plm_text_free(&hint);
    return status;
}

/* Finds a kind of the family by its name or one of its aliases. NULL = failed, with the error
 * recorded. */
const plm_kind *plm_kind_find(plm *w, const char *family, const char *name)
{
    const plm_family *f = plm_family_find(w, family);
    if (!name) /* a spec that is a list has no name */
        name = "[...]";
    if (!f) {
        (void)plm_fail(w, PLM_E_INTERNAL, "", "please report this fault of plummet",
                       "there is no family of kinds called '%s'", family);
        return NULL;
    }
    for (const plm_kind *const *k = f->kinds; *k; k++)
        if (plm_kind_named(*k, name))
            return *k;
    (void)fail_kind(w, f, name);
    return NULL;
}
