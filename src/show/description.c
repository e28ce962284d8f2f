/* Finds what the arguments of `plummet describe` mean, see describe.h. */
#include <string.h>

#include "base/foreign.h"
#include "base/names.h"
#include "show/describe.h"

/* Fails for a name that is neither a kind nor a key. what: the message, such as "unknown name". */
static plm_status fail_name(plm *w, const char *name, const char *what)
{
    plm_text hint = {.w = w};
    plm_run_key_advise(name, &hint);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, NULL, plm_text_get(&hint), "%s: '%s'", what, name);
    plm_text_free(&hint);
    return status;
}

/* Fails for a name that is described nowhere. The hint is what another library means by it, or what
 * the user may want instead. near: the hint of the library, which may have the most similar name.
 */
static plm_status fail_word(plm *w, const char *word, const char *near)
{
    static const char *const meant[][2] = {{"callback", "observer"}, {"callbacks", "observer"},
                                           {"keras", "words"},       {"pytorch", "words"},
                                           {"torch", "words"},       {"sklearn", "words"}};
    const plm_foreign_kind *foreign = plm_foreign_kind_any(w, word);
    const char *other = NULL;
    plm_text hint = {.w = w};
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        other = plm_name_equal(word, meant[i][0]) ? meant[i][1] : other;
    if (!foreign && !other)
        return !strncmp(near, "did you mean", 12) ? plm_last_error(w)->status
                                                  : fail_name(w, word, "unknown name");
    if (foreign)
        plm_foreign_advise(&hint, foreign->library, word, foreign->ours);
    else
        plm_text_format(&hint, "did you mean %s?", other);
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, NULL, plm_text_get(&hint), "unknown name: '%s'", word);
    plm_text_free(&hint);
    return status;
}

/* Describes a word that is a family or a kind of the library, a key of run files, or both; else the
 * key that has the word among its values. */
static plm_status describe_word(plm *w, const char *word, plm_screen screen, plm_text *out)
{
    word = plm_name_without_module(word);
    const char *family = plm_describe(w, word, NULL);
    const bool known = family || plm_last_error(w)->status == PLM_E_MEMORY;
    const char *text = known ? family : plm_describe(w, "", word);
    int key = family ? -1 : plm_run_key_find(word);
    if (!text && key < 0)
        key = plm_run_key_with(word);
    if (text)
        plm_description_add(text, screen, out);
    if (key >= 0) {
        plm_text_add(out, text ? "\n" : "");
        plm_run_key_add(key, screen, out);
    }
    if (text || key >= 0)
        return PLM_OK;
    const plm_error *e = plm_last_error(w);
    return e->status == PLM_E_MEMORY ? e->status : fail_word(w, word, e->hint);
}

/* Describes a key, or lists all keys if name is NULL. */
static plm_status describe_key(plm *w, const char *name, plm_screen screen, plm_text *out)
{
    const int key = name ? plm_run_key_find(name) : -1;
    if (name && key < 0)
        return fail_name(w, name, "unknown key of run files");
    if (name)
        plm_run_key_add(key, screen, out);
    else
        plm_run_keys_add(screen, out);
    return PLM_OK;
}

/* Appends a description. Keys of run files are unknown to the library, so they are found here. */
plm_status plm_description_of(plm *w, const char *family, const char *name, plm_screen s,
                              plm_text *out)
{
    if (family && !strcmp(family, "key"))
        return describe_key(w, name, s, out);
    if (family && !name)
        return describe_word(w, family, s, out);
    const char *text = plm_describe(w, family, name);
    if (!text)
        return plm_last_error(w)->status;
    plm_description_add(text, s, out);
    if (!family)
        plm_description_add(
            "key          the keys of run files: data, model, epochs, class_weight, ...\n"
            "words        names that differ in Keras, PyTorch and scikit-learn\n",
            s, out);
    return PLM_OK;
}

/* Appends everything as one JSON object: version, families and keys. */
plm_status plm_description_json(plm *w, const char *family, plm_text *out)
{
    const bool keys = family && !strcmp(family, "key");
    const char *text = keys ? "" : plm_describe_json(w, family);
    if (!text)
        return plm_last_error(w)->status;
    if (!family)
        plm_text_format(out, "{\"version\": \"%s\",\n\"families\": %s,\n\"keys\": ", plm_version(),
                        text);
    else if (!keys)
        plm_text_format(out, "%s\n", text);
    if (keys || !family)
        plm_run_keys_json(out);
    plm_text_add(out, family ? "" : "}\n");
    return PLM_OK;
}
