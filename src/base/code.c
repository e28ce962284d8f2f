/* Finds functions of Python in texts. People copy them from programs, as in
 * LearningRateScheduler(lambda epoch, lr: lr * 0.9). A run file is data, which may come from
 * others, so it has no functions; rules are formulas such as per_epoch('...'). */
#include "base/code.h"

#include <ctype.h>
#include <string.h>

#include "base/foreign.h"
#include "base/split.h"

/* True if the word begins at `at`, and a blank or a colon follows it. */
static bool is_word(const char *at, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == ':');
}

/* A word begins after any character that is no part of a name. */
const char *plm_code_find(const char *text)
{
    int depth = 0;
    for (const char *at = text, *next = text; *at != '\0'; at = next) {
        const bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && (is_word(at, "lambda") || (is_word(at, "def") && strchr(at, '(') != NULL)))
            return at;
        next = plm_scan_step(at, &depth);
    }
    return NULL;
}

/* Returns the row about the last name before `end` that another library uses for a kind; NULL =
 * there is none. name: set to that name. */
static const plm_foreign_kind *kind_before(const plm *w, const char *text, const char *end,
                                           char name[80])
{
    const plm_foreign_kind *found = NULL;
    for (const char *at = text; at < end; at++) {
        char word[80];
        size_t length = 0;
        while (at + length < end && (isalnum((unsigned char)at[length]) || at[length] == '_'))
            length++;
        if (length == 0 || length >= sizeof word)
            continue;
        memcpy(word, at, length);
        word[length] = '\0';
        const plm_foreign_kind *row = plm_foreign_kind_any(w, word);
        if (row != NULL) {
            found = row;
            memcpy(name, word, length + 1);
        }
        at += length - 1;
    }
    return found;
}

/* Without a name that is known, the hint is the way that works for every function. */
plm_status plm_code_fail(plm *w, const char *where, const char *text)
{
    char name[80] = "";
    const char *code = plm_code_find(text);
    const plm_foreign_kind *of = kind_before(w, text, code != NULL ? code : text, name);
    plm_text hint = {.w = w};
    if (of != NULL)
        plm_foreign_advise(&hint, of->library, name, of->ours);
    else
        plm_text_add(&hint,
                     "a rule of the learning rate is a formula: sgd(per_epoch('0.01 * 0.95 ** "
                     "epoch')); a C program can give a plm_observer");
    const plm_status status =
        plm_fail(w, PLM_E_SPEC, where, plm_text_get(&hint),
                 "a function cannot be given here, only names, numbers and texts: '%.60s'",
                 code != NULL ? code : text);
    plm_text_free(&hint);
    return status;
}
