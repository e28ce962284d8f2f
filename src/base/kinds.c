/* Kinds by name: found in the families of the runtime, and bound to a spec. */
#include "base/fields.h"

#include <string.h>

#include "base/values.h"

enum { MOST_NAMES = 512, WORD_ROOM = 64 };

/* The next word of a list, its length in *length; NULL at the end. *list moves on. */
const char *plm_word_next(const char **list, size_t *length)
{
    const char *word = *list;
    if (!word || !*word)
        return NULL;
    *length = strcspn(word, "|");
    *list = word + *length + (word[*length] == '|');
    return word;
}

/* The word of list that equals name, its length in *length; NULL = none. */
const char *plm_word_find(const char *list, const char *name, size_t *length)
{
    char word[WORD_ROOM];
    for (const char *at; (at = plm_word_next(&list, length)) != NULL;) {
        if (*length >= sizeof(word))
            continue;
        memcpy(word, at, *length);
        word[*length] = '\0';
        if (plm_name_equal(word, name))
            return at;
    }
    return NULL;
}

const plm_family *plm_family_find(const plm *w, const char *name)
{
    for (const plm_family *f = w ? w->families : NULL; f && f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

bool plm_kind_named(const plm_kind *kind, const char *name)
{
    size_t length = 0;
    return plm_name_equal(kind->name, name) || plm_word_find(kind->alias, name, &length);
}

static plm_status fail_kind(plm *w, const plm_family *family, const char *name)
{
    const char *names[MOST_NAMES];
    size_t count = 0;
    for (const plm_kind *const *k = family->kinds; *k && count < MOST_NAMES; k++)
        names[count++] = (*k)->name;
    plm_text mend = {.w = w};
    plm_bind_advise(&mend, name, names, count);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, "", plm_text_get(&mend), "unknown %s '%.200s'", family->name, name);
    plm_text_free(&mend);
    return status;
}

const plm_kind *plm_kind_find(plm *w, const char *family, const char *name)
{
    const plm_family *f = plm_family_find(w, family);
    if (!name) /* the text of a list */
        name = "[...]";
    if (!f) {
        plm_fail(w, PLM_E_INTERNAL, "", "report this", "there is no family of kinds '%s'", family);
        return NULL;
    }
    for (const plm_kind *const *k = f->kinds; *k; k++)
        if (plm_kind_named(*k, name))
            return *k;
    fail_kind(w, f, name);
    return NULL;
}

plm_status plm_kind_bind(plm_arena *a, const char *family, const plm_spec *s, const plm_kind **kind,
                         const void **config)
{
    if (!s || s->type != PLM_SPEC_NAME) {
        const char *got = s ? plm_spec_text(a, s) : "nothing";
        return plm_fail(a->w, PLM_E_SPEC, family, "write name or name(key=value)",
                        "expected the name of a kind of %s, got %s", family, got ? got : "?");
    }
    const plm_kind *found = plm_kind_find(a->w, family, s->text);
    if (!found)
        return PLM_E_SPEC;
    void *bound = plm_arena_take(a, found->config_size);
    if (!bound)
        return PLM_E_MEMORY;
    PLM_TRY(plm_fields_bind(a, family, found, s, bound, NULL, NULL));
    *kind = found;
    *config = bound;
    return PLM_OK;
}
