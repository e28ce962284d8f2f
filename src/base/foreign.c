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

/* Returns the row of a kind that another library calls `name`; NULL = there is none. If several
 * rows have the name, the first one is returned. */
const plm_foreign_kind *plm_foreign_kind_find(const plm *w, const char *family, const char *name)
{
    for (const plm_foreign_kind *k = w->foreign ? w->foreign->kinds : NULL; k && k->words; k++)
        if (strcmp(k->family, family) == 0 && has(k->words, name))
            return k;
    return NULL;
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
