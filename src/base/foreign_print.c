/* Prints the table of names in other libraries, for `plummet describe words` and the guide. */
#include <string.h>

#include "base/fields.h"
#include "base/foreign.h"
#include "base/names.h"
#include "base/runtime.h"

/* Adds the names of a row, separated by commas. */
static void add_words(plm_text *t, const char *words)
{
    size_t length = 0;
    bool first = true;
    for (const char *at; (at = plm_word_next(&words, &length)) != NULL; first = false) {
        plm_text_add(t, first ? "" : ", ");
        plm_text_append(t, at, length);
    }
}

/* Adds a row: the name in the library in the first column, and what to write in plummet in the
 * second. The row takes two lines if the name is too long for its column. */
static void add_row(plm_text *t, const plm_text *theirs, const char *ours)
{
    enum { COLUMN = 30, WIDTH = 80 };
    if (theirs->length + 2 < COLUMN && COLUMN + strlen(ours) <= WIDTH) {
        plm_text_format(t, "  %-*s%s\n", COLUMN - 2, plm_text_get(theirs), ours);
        return;
    }
    plm_text_wrapped(t, plm_text_get(theirs), 2);
    plm_text_wrapped(t, ours, 6);
}

/* True if a row before k has the same names and the same text: a name that is both a loss and a
 * metric has a row for each. */
static bool is_repeated(const plm_foreign *f, const plm_foreign_kind *k)
{
    for (const plm_foreign_kind *before = f->kinds; before != k; before++)
        if (!strcmp(before->library, k->library) && !strcmp(before->words, k->words) &&
            !strcmp(before->ours, k->ours))
            return true;
    return false;
}

/* Adds the kinds of one library. */
static void add_kinds(plm_text *t, const plm_foreign *f, const char *library)
{
    for (const plm_foreign_kind *k = f->kinds; k->words; k++) {
        plm_text theirs = {.w = t->w};
        if (strcmp(k->library, library) != 0 || is_repeated(f, k))
            continue;
        add_words(&theirs, k->words);
        add_row(t, &theirs, k->ours);
        plm_text_done(t, &theirs);
    }
}

/* Adds the arguments of one library: "eps= of optimizer" and so on. */
static void add_keys(plm_text *t, const plm_foreign *f, const char *library)
{
    for (const plm_foreign_key *k = f->keys; k->words; k++) {
        plm_text theirs = {.w = t->w};
        if (strcmp(k->library, library) != 0)
            continue;
        add_words(&theirs, k->words);
        plm_text_add(&theirs, "=");
        if (k->kinds || k->family)
            plm_text_add(&theirs, " of ");
        if (k->kinds || k->family)
            add_words(&theirs, k->kinds ? k->kinds : k->family);
        add_row(t, &theirs, k->ours);
        plm_text_done(t, &theirs);
    }
}

/* Adds the arguments by position of one library: "argument 2 of GroupNorm, num_channels" and so on.
 */
static void add_places(plm_text *t, const plm_foreign *f, const char *library)
{
    for (const plm_foreign_place *p = f->places; p->library; p++) {
        plm_text theirs = {.w = t->w};
        if (strcmp(p->library, library) != 0)
            continue;
        if (p->at > 0)
            plm_text_format(&theirs, "argument %d of ", p->at);
        else
            plm_text_add(&theirs, "any argument of ");
        add_words(&theirs, p->words ? p->words : p->kinds);
        plm_text_format(&theirs, ": %s", p->argument);
        add_row(t, &theirs, p->ours);
        plm_text_done(t, &theirs);
    }
}

/* Adds the rows of each library in the order of the table: its kinds, then its arguments. */
void plm_foreign_describe(plm_text *t, const plm *w)
{
    static const char *const libraries[] = {"Keras", "PyTorch", "scikit-learn", PLM_NO_LIBRARY};
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        const bool other = strcmp(libraries[i], PLM_NO_LIBRARY) == 0;
        plm_text_format(t, "%s%s%s, and what to write in plummet:\n", i ? "\n" : "",
                        other ? "Other names" : "Names in ", other ? "" : libraries[i]);
        add_kinds(t, w->foreign, libraries[i]);
        add_keys(t, w->foreign, libraries[i]);
        add_places(t, w->foreign, libraries[i]);
    }
}
