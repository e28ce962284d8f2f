/* Looks up the names that other libraries, such as Keras, use for kinds and arguments. The tables
 * of names (nn/foreign_words.c) reach the runtime as a pointer, since src/base/ must not know any
 * layer. */
#include "base/foreign.h"

#include <string.h>

#include "base/names.h"
#include "base/runtime.h"

/* True if `list` contains the name; a NULL list contains every name. */
static bool has(const char *list, const char *word)
{
    size_t length = 0;
    return list == NULL || plm_word_find(list, word, &length) != NULL;
}

/* Returns the first row of a kind with this name; NULL = there is none. */
static const plm_foreign_kind *kind_called(const plm *w, const char *family, const char *name)
{
    for (const plm_foreign_kind *k = w->foreign ? w->foreign->kinds : NULL; k && k->words; k++)
        if (strcmp(k->family, family) == 0 && has(k->words, name))
            return k;
    return NULL;
}

/* Returns the row of a kind that another library calls `name`; NULL = there is none. If several
 * rows have the name, the first one is returned. What stands before a point is the name of a module
 * or variable of a program, which can be anything: net.parameters, my_layers.Linear. */
const plm_foreign_kind *plm_foreign_kind_find(const plm *w, const char *family, const char *name)
{
    const plm_foreign_kind *whole = kind_called(w, family, name);
    const char *point = strrchr(name, '.');
    return whole || !point || point[1] == '\0' ? whole : kind_called(w, family, point + 1);
}

/* For texts in which nothing says to which family the name belongs. */
const plm_foreign_kind *plm_foreign_kind_any(const plm *w, const char *name)
{
    for (const plm_foreign_kind *k = w->foreign ? w->foreign->kinds : NULL; k && k->words; k++)
        if (has(k->words, name))
            return k;
    return NULL;
}

/* A name of no library is often from a book, or short for a longer one. */
void plm_foreign_advise(plm_text *hint, const char *library, const char *name, const char *ours)
{
    const bool of_library = strcmp(library, PLM_NO_LIBRARY) != 0;
    plm_text_format(hint, "%s%s%.40s: %s", of_library ? library : "", of_library ? "'s " : "", name,
                    ours);
}

/* Returns how closely a row fits: 3 = it names the kind, 2 = the family, 1 = neither; 0 = it does
 * not fit. */
static int rank_of(const plm_foreign_key *k, const char *family, const char *kind, const char *key)
{
    if (!has(k->words, key) || !has(k->family, family) || !has(k->kinds, kind))
        return 0;
    return k->kinds ? 3 : k->family ? 2 : 1;
}

/* Returns the row of an argument `key` of our kind `kind`. If several rows fit, a row that names
 * the kind comes before a row for the whole family, and that before a row for all families. */
const plm_foreign_key *plm_foreign_key_find(const plm *w, const char *family, const char *kind,
                                            const char *key)
{
    const plm_foreign_key *best = NULL;
    int rank = 0;
    for (const plm_foreign_key *k = w->foreign ? w->foreign->keys : NULL; k && k->words; k++) {
        const int own = rank_of(k, family, kind, key);
        if (own <= rank)
            continue;
        best = k;
        rank = own;
    }
    return best;
}

/* True if the argument is accepted with this value. "*" accepts any value, for a key that has no
 * effect here. */
bool plm_foreign_takes(plm_arena *a, const plm_foreign_key *key, const plm_spec *value)
{
    if (key->taken == NULL)
        return false;
    const char *text = value->type == PLM_SPEC_TEXT ? value->text : plm_spec_text(a, value);
    return strcmp(key->taken, "*") == 0 || (text != NULL && has(key->taken, text));
}

/* True if a number is of one of the sorts; see plm_foreign_place.values. alone: it is the only
 * argument. */
static bool is_number(const plm_spec *v, bool alone, const char *sorts)
{
    return has(sorts, "number") || (alone && has(sorts, "alone")) ||
           (v->whole && v->number >= 1 && has(sorts, "whole")) ||
           (v->number > 0 && v->number < 1e-3 && has(sorts, "tiny"));
}

/* True if a name is of one of the sorts. */
static bool is_name(const plm_spec *v, const char *sorts)
{
    if (plm_name_equal(v->text, "true") || plm_name_equal(v->text, "false"))
        return has(sorts, "flag");
    return !v->called && !plm_name_equal(v->text, "none") && has(sorts, "text");
}

/* True if an argument by position has a value of one of the sorts. */
static bool is_value(const plm_spec *s, size_t at, const char *sorts)
{
    const plm_spec *v = s->argument[at].value;
    switch (v->type) {
    case PLM_SPEC_NUMBER:
        return is_number(v, s->count == 1, sorts);
    case PLM_SPEC_NAME:
        return is_name(v, sorts);
    case PLM_SPEC_LIST:
        return has(sorts, "list");
    case PLM_SPEC_TEXT:
        return has(sorts, "text");
    }
    return false;
}

/* Returns the row of the argument at position `at`, from 0, of a spec of our kind `kind`, if its
 * value shows that another library's argument is meant; NULL = it does not. */
const plm_foreign_place *plm_foreign_place_find(const plm *w, const char *family,
                                                const plm_kind *kind, const plm_spec *s, size_t at)
{
    for (const plm_foreign_place *p = w->foreign ? w->foreign->places : NULL; p && p->library; p++)
        if (strcmp(p->family, family) == 0 && has(p->kinds, kind->name) && has(p->words, s->text) &&
            (p->at == 0 || (size_t)p->at == at + 1) && is_value(s, at, p->values))
            return p;
    return NULL;
}
