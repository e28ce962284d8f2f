/* Makes help texts from field tables, for the command's `describe`, the man page and plm_describe.
 * Lines have 80 columns.
 *
 * The text of a kind is made only from its descriptor: name, help, formula, fields, notes, source,
 * examples. So a new kind has help without more code, and the help cannot name an argument that the
 * kind does not have. */
#include "base/fields.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "base/values.h"

enum { WIDTH = 80 };

/* Adds the paragraphs of `words`, broken at blanks, each line indented by `indent`. */
void plm_text_wrapped(plm_text *t, const char *words, size_t indent)
{
    plm_text_add_blanks(t, (int)indent);
    plm_text_wrap(t, (int)indent, (int)indent, WIDTH, words);
}

/* Adds the paragraphs of a plm_text, broken at blanks, each line indented by `indent`, and frees
 * it. If `words` ran out of memory, t is set to failed, too. */
static void add_text(plm_text *t, plm_text *words, size_t indent)
{
    plm_text_wrapped(t, plm_text_get(words), indent);
    t->failed = t->failed || words->failed;
    plm_text_free(words);
}

/* Adds "a, b, c" for a list "a|b|c". list: words separated by '|'. */
static void add_list(plm_text *t, const char *list)
{
    for (; *list; list += *list == '|') {
        const size_t length = strcspn(list, "|");
        plm_text_append(t, list, length);
        list += length;
        if (*list)
            plm_text_add(t, ", ");
    }
}

/* Adds the range of a number, such as ", 1 to 8" or ", at least 0". Adds nothing if both bounds are
 * 0, which means that there is no range. */
static void add_range(plm_text *t, const plm_field *f)
{
    char low[32], high[32];
    if (!(f->low < 0) && !(f->low > 0) && !(f->high < 0) && !(f->high > 0))
        return;
    plm_text_from_number(f->low, low, sizeof(low));
    plm_text_from_number(f->high, high, sizeof(high));
    if (isinf(f->high))
        plm_text_format(t, ", at least %s", low);
    else if (isinf(f->low))
        plm_text_format(t, ", at most %s", high);
    else
        plm_text_format(t, ", %s to %s", low, high);
}

/* Adds the type of a field, with its choices, family or range. The text must be understandable
 * without knowing C. */
static void add_type(plm_text *t, const plm_field *f)
{
    static const char *const names[] = {
        [PLM_INT] = "whole number",
        [PLM_REAL] = "number",
        [PLM_BOOL] = "true or false",
        [PLM_TEXT] = "text",
        [PLM_CHOICE] = "one of ",
        [PLM_SPEC] = "spec",
        [PLM_INTS] = "whole numbers",
        [PLM_REALS] = "numbers",
        [PLM_VALUE] = "value",
        [PLM_STEPS] = "number of steps, a fraction of the run (below 1), or all"};
    plm_text_add(t, names[f->type]);
    if (f->type == PLM_CHOICE)
        add_list(t, f->choices);
    if (f->type == PLM_SPEC && f->choices)
        plm_text_format(t, " of family %s", f->choices);
    if (f->type != PLM_STEPS)
        add_range(t, f);
}

/* Adds the lines of one argument: first "units: whole number, 1 to 1000000000; required", then its
 * help, indented further. */
static void add_field(plm_text *t, const plm_field *f)
{
    plm_text line = {.w = t->w};
    plm_text_format(&line, "%s: ", f->name);
    add_type(&line, f);
    if (!f->fallback)
        plm_text_add(&line, "; required");
    else if (*f->fallback)
        plm_text_format(&line, "; default %s", plm_default_is_none(f) ? "none" : f->fallback);
    if (f->alias) {
        plm_text_add(&line, "; also ");
        add_list(&line, f->alias);
    }
    add_text(t, &line, 2);
    if (f->help && *f->help)
        plm_text_wrapped(t, f->help, 6);
}

/* Adds a blank line, a title if there is one, and wrapped words; nothing if words is NULL. */
static void add_section(plm_text *t, const char *title, const char *words)
{
    if (!words)
        return;
    plm_text_format(t, "\n%s%s", title, *title ? "\n" : "");
    plm_text_wrapped(t, words, 2);
}

/* Adds the formula on a line of its own, unwrapped if it fits. A broken formula is hard to read, so
 * it stays on one line if that is possible. */
static void add_formula(plm_text *t, const char *formula)
{
    if (formula && strlen(formula) + 2 <= WIDTH)
        plm_text_format(t, "\n  %s\n", formula);
    else
        add_section(t, "", formula);
}

/* Adds whether high or low values of a metric are better. Observers with mode=auto use this
 * direction. */
static void add_direction(plm_text *t, plm_direction direction)
{
    static const char *const words[] = {
        [PLM_DIRECTION_UNKNOWN] =
            "neither higher nor lower is better in itself: an observer that monitors "
            "it needs mode=max or mode=min",
        [PLM_DIRECTION_UP] = "higher is better",
        [PLM_DIRECTION_DOWN] = "lower is better"};
    if (direction != PLM_DIRECTION_NONE)
        add_section(t, "", words[direction]);
}

/* Adds the fields of the family, except those that the kind itself defines under the same name. The
 * title is added only if a field follows. */
static void add_common(plm_text *t, const plm_family *family, const plm_kind *kind)
{
    bool titled = false;
    for (const plm_field *f = family->common; f && f->name; f++) {
        bool own = false;
        for (const plm_field *o = kind->fields; o && o->name; o++)
            own = own || strcmp(o->name, f->name) == 0;
        if (own)
            continue;
        if (!titled)
            plm_text_format(t, "\narguments of every %s, given as key=value:\n", family->name);
        titled = true;
        add_field(t, f);
    }
}

/* Adds the title of the arguments, and their order if it is not that of the fields. */
static void add_order(plm_text *t, const plm_kind *kind)
{
    plm_text order = {.w = t->w};
    if (kind->positions) {
        plm_text_add(&order, "arguments as key=value, or by position: ");
        add_list(&order, kind->positions);
        plm_text_add(t, "\n");
        plm_text_wrapped(t, plm_text_get(&order), 0);
    } else if (kind->fields && kind->fields[0].name) {
        plm_text_add(t, "\narguments, by position in this order or as key=value:\n");
    }
    plm_text_done(t, &order);
}

/* Adds the help of a kind in this order: name, help, formula, direction of a metric, own arguments,
 * notes, source, examples, arguments that the family shares. Everything comes from the descriptor
 * and the field table, so the help cannot differ from what the code accepts. */
void plm_kind_describe(plm_text *t, const plm_family *family, const plm_kind *kind)
{
    plm_text head = {.w = t->w};
    plm_text_format(&head, "%s %s", family->name, kind->name);
    if (kind->alias) {
        plm_text_add(&head, " (also ");
        add_list(&head, kind->alias);
        plm_text_add(&head, ")");
    }
    add_text(t, &head, 0);
    if (kind->help)
        plm_text_wrapped(t, kind->help, 2);
    add_formula(t, kind->formula);
    add_direction(t, kind->direction);
    add_order(t, kind);
    for (const plm_field *f = kind->fields; f && f->name; f++)
        add_field(t, f);
    add_section(t, "", kind->notes);
    add_section(t, "source:", kind->source);
    if (kind->examples && kind->examples[0])
        plm_text_add(t,
                     strstr(kind->examples[0], " <- [")
                         ? "\nexamples (after <- comes the shape of the input, which is not part "
                           "of the spec):\n"
                         : "\nexamples:\n");
    for (const char *const *example = kind->examples; example && *example; example++)
        plm_text_format(t, "  %s\n", *example);
    add_common(t, family, kind);
}

/* Adds the keywords of a family (plm_family.words) below its kinds. A keyword such as "accuracy" is
 * not a kind itself: it stands for one of several, depending on where it is used. */
static void add_words(plm_text *t, const plm_family *family)
{
    const plm_kind *const *word = family->words;
    if (!word)
        return;
    plm_text_add(t, "\n");
    for (; *word; word++) {
        plm_text line = {.w = t->w};
        plm_text_format(&line, "%s: %s", (*word)->name, (*word)->help);
        add_text(t, &line, 2);
    }
}

/* Prints the names in one column and the help, wrapped, in a second one. The help is wrapped with
 * an indent on every line; the name replaces the indent of its first line. */
void plm_family_describe(plm_text *t, const plm_family *family)
{
    enum { WIDEST = 32 }; /* a name longer than this has its help on the next line */
    int widest = 0;
    for (const plm_kind *const *k = family->kinds; *k; k++) {
        const int length = (int)strlen((*k)->name);
        if (length > widest && length <= WIDEST)
            widest = length;
    }
    for (const plm_kind *const *k = family->kinds; *k; k++) {
        const size_t indent = (size_t)widest + 2, length = strlen((*k)->name);
        plm_text help = {.w = t->w};
        plm_text_wrapped(&help, (*k)->help ? (*k)->help : "-", indent);
        plm_text_add(t, (*k)->name);
        if (length + 2 <= indent) {
            plm_text_format(t, "%*s", (int)(indent - length), "");
            plm_text_add(t, plm_text_get(&help) + (help.failed ? 0 : indent));
        } else {
            plm_text_format(t, "\n%s", plm_text_get(&help));
        }
        plm_text_done(t, &help);
    }
    add_words(t, family);
}
