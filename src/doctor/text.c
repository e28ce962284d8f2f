/* Writes a diagnosis as text: findings with their evidence, in at most 12 lines each. A finding has
 * the form of a compiler's message: level and code, what is wrong, where, the evidence after bars,
 * then what to do. A finding that follows from another one is only one line in the text of its
 * cause, so that a reader corrects the cause first. At most three causes are printed, since later
 * ones often disappear with the first. */
#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "doctor/diagnosis.h"

enum { LEAST = 30, USUAL = 80 };

/* Returns the width of the text in columns. width: of the screen; 0 = the default. */
static int columns_of(int width)
{
    return width <= 0 ? USUAL : width < LEAST ? LEAST : width;
}

/* True if every line must be wrapped. In a file or a pipe lines are not wrapped, so that they can
 * be searched. */
static bool narrow(int width)
{
    return width > 0 && width < USUAL - 1;
}

/* Adds words, broken at blanks into lines of `width` columns. All lines but the first begin with
 * `indent`. column: where in its line the text begins. */
static void wrap(plm_text *t, const char *words, int column, const char *indent, int width)
{
    bool first = true;
    while (*words != '\0') {
        const size_t length = strcspn(words, " \n");
        if (!first && column + 1 + (int)length > width) {
            plm_text_format(t, "\n%s", indent);
            column = (int)strlen(indent);
            first = true;
        }
        if (!first)
            plm_text_add(t, " ");
        plm_text_append(t, words, length);
        column += (int)length + !first;
        first = false;
        words += length;
        words += strspn(words, " \n");
    }
    plm_text_add(t, "\n");
}

/* Returns how many letters of a line fit into `width` columns. A line that is too long ends at a
 * blank, so that no word or number is cut. A bar ("|###"), and a word that is wider than the line,
 * are cut at the width. */
static size_t fitting(const char *line, size_t length, size_t width)
{
    size_t at = width;
    if (length <= width)
        return length;
    while (at > 0 && line[at] != ' ' && line[at] != '|' && line[at] != '#')
        at--;
    return at > 0 ? at : width;
}

/* Adds a line of the evidence. What does not fit into `width` columns follows on lines of its own,
 * further to the right; the rest of a bar is left out. */
static void add_line(plm_text *t, const char *line, size_t length, size_t width)
{
    const char *indent = "";
    while (length > 0) {
        const size_t fits = fitting(line, length, width - strlen(indent));
        plm_text_format(t, "  |  %s%.*s\n", indent, (int)fits, line);
        line += fits;
        length -= fits;
        while (length > 0 && strchr(" |#", *line) != NULL) {
            line++;
            length--;
        }
        indent = "  ";
    }
}

/* Adds the lines of the evidence, each after a bar. */
static void add_evidence(plm_text *t, const char *lines, int width)
{
    enum { MOST = 7 };
    if (*lines != '\0')
        plm_text_add(t, "  |\n");
    for (int i = 0; *lines != '\0' && i < MOST; i++) {
        const size_t length = strcspn(lines, "\n");
        add_line(t, lines, length, (size_t)width - 5);
        lines += length + (lines[length] == '\n');
    }
}

/* Adds the number with its limits. */
static void add_number(plm_text *t, const plm_finding *f, int width)
{
    char words[120] = "";
    if (isnan(f->number) || isnan(f->threshold))
        return;
    int length = plm_print(words, sizeof words, "measured %.3g, %s %.3g", f->number,
                           f->number < f->threshold ? "lower limit" : "limit", f->threshold);
    if (f->healthy[0] < f->healthy[1])
        plm_print(words + length, sizeof words - (size_t)length, ", healthy %.3g to %.3g",
                  f->healthy[0], f->healthy[1]);
    plm_text_add(t, "  = ");
    wrap(t, words, 4, "    ", width);
}

/* Returns the name of the finding with a code; NULL = there is no rule for it. */
static const char *name_of(const plm_diagnosis *d, const char *code)
{
    for (int i = 0; i < d->rules; i++)
        if (strcmp(d->rule[i].kind->kind.alias, code) == 0)
            return d->rule[i].kind->kind.name;
    return NULL;
}

/* Adds the names of the most likely causes that were examined but not found. The others are only
 * counted: a long list hides what was found. */
static void add_ruled_out(const plm_diagnosis *d, const plm_finding *f, int width, plm_text *t)
{
    enum { SHOWN = 4 };
    plm_text list = {.w = d->w};
    char code[8];
    int count = 0;
    for (const char *c = plm_diagnosis_next_ruled_out(d, f, NULL, code); c != NULL;
         c = plm_diagnosis_next_ruled_out(d, f, c, code)) {
        const char *name = name_of(d, code);
        if (name != NULL && count++ < SHOWN)
            plm_text_format(&list, "%s%s (%s)", list.length > 0 ? ", " : "", name, code);
    }
    if (count > SHOWN)
        plm_text_format(&list, " and %d more (--json)", count - SHOWN);
    if (list.length > 0) {
        plm_text_add(t, "  = ruled out: ");
        wrap(t, plm_text_get(&list), 15, "    ", width);
    }
    t->failed = t->failed || list.failed;
    plm_text_free(&list);
}

/* Adds the keys of a remedy, as they are pasted behind a command. A line that would be too long
 * ends as a shell's line that goes on; many layers with the same fault are counted. */
static void add_keys(plm_text *t, const plm_remedy *r, int width)
{
    enum { LEAD = 6, SHOWN = 4 };
    size_t begin = t->length - LEAD;
    int shown = 0, more = 0;
    for (; r != NULL; r = r->also) {
        const char *quote = plm_shell_quote(r->value);
        const size_t length = strlen(r->key) + 1 + strlen(r->value) + 2 * strlen(quote);
        more += shown == SHOWN;
        if (shown == SHOWN)
            continue;
        const bool fits = t->length - begin + 1 + length <= (size_t)width;
        if (shown > 0 && !fits)
            begin = t->length + strlen(" \\\n");
        if (shown > 0)
            plm_text_add(t, fits ? " " : " \\\n      ");
        plm_text_format(t, "%s=%s%s%s", r->key, quote, r->value, quote);
        shown++;
    }
    if (more > 0)
        plm_text_format(t, "\n      and the same in %d more item%s of the model", more,
                        more == 1 ? "" : "s");
    plm_text_add(t, "\n");
}

/* Adds the first remedy, marked as help, and the others after it. */
static void add_remedies(plm_text *t, const plm_finding *f, int width)
{
    for (int i = 0; i < f->remedies && i < 3; i++) {
        const plm_remedy *r = &f->remedy[i];
        plm_text_add(t, i == 0 ? "help: " : "  or: ");
        if (*r->key == '\0')
            wrap(t, r->value, 6, "      ", width);
        else
            add_keys(t, r, width);
    }
}

/* Adds a line for each finding that follows from the finding at this index of the order. */
static void add_consequences(const plm_diagnosis *d, int index, int width, plm_text *t)
{
    for (int next = index + 1; next < d->found; next++) {
        const plm_finding *f = &d->rule[d->order[next]].finding;
        if (*f->cause == '\0')
            return;
        plm_text_format(t, "  = so %s: ", f->code);
        wrap(t, f->what, (int)strlen("  = so ") + (int)strlen(f->code) + 2, "    ", width);
    }
}

/* Adds the user's own line. What does not fit into the width follows on a second line, since the
 * fault is often at its end. */
static void add_place(plm_text *t, const char *place, int width)
{
    const size_t room = (size_t)width - 6, length = strlen(place),
                 fits = fitting(place, length, room);
    const char *rest = place + fits + strspn(place + fits, " ");
    plm_text_format(t, "  --> %.*s\n", (int)fits, place);
    if (*rest != '\0')
        plm_text_format(t, "      %.*s\n", (int)room, rest);
}

/* Adds the whole text of one finding, with the findings that follow from it. */
void plm_diagnosis_add_finding(const plm_diagnosis *d, int index, int width, plm_text *t)
{
    static const char *const levels[] = {"note", "warning", "error"};
    const plm_finding *f = &d->rule[d->order[index]].finding;
    const char *place =
        d->places.place != NULL && *f->key != '\0' ? d->places.place(d->places.self, f->key) : "";
    t->failed = t->failed || place == NULL;
    plm_text_format(t, "%s[%s]: ", levels[f->level], f->code);
    wrap(t, f->what, (int)strlen(levels[f->level]) + 8, "    ", width);
    if (place != NULL && *place != '\0')
        add_place(t, place, width);
    else if (*f->layer != '\0')
        plm_text_format(t, "  --> layer %s\n", f->layer);
    add_evidence(t, f->evidence, width);
    add_number(t, f, width);
    add_consequences(d, index, width, t);
    add_ruled_out(d, f, width, t);
    add_remedies(t, f, width);
}

/* Adds one sentence for a finding whose cause was printed earlier. */
static void add_later(const plm_finding *f, int width, plm_text *t)
{
    static const char *const levels[] = {"note", "warning", "error"};
    plm_text_format(t, "%s[%s]: ", levels[f->level], f->code);
    wrap(t, f->what, (int)strlen(levels[f->level]) + 8, "    ", width);
    plm_text_format(t, "  = follows from %s\n", f->cause);
}

/* Adds the findings that were not printed before, or have become more severe, while a training
 * runs. If the cause of a finding was just printed, the finding is already part of its text. */
void plm_diagnosis_add_fresh(plm_diagnosis *d, int width, plm_text *t)
{
    width = columns_of(width);
    bool whole =
        /* true = the last finding without a cause was printed in full, and its consequences with
         * it */
        false;
    for (int i = 0; i < d->found; i++) {
        plm_doctor_rule *rule = &d->rule[d->order[i]];
        const plm_finding *f = &rule->finding;
        const bool root = *f->cause == '\0', fresh = rule->shown <= (int)f->level && !rule->told;
        whole = whole && !root;
        if (f->level == PLM_NOTE)
            continue;
        rule->shown = (int)f->level + 1;
        if (fresh && root)
            plm_diagnosis_add_finding(d, i, width, t);
        else if (fresh && !whole)
            add_later(f, width, t);
        whole = whole || (fresh && root);
    }
}

/* Returns what was examined if it is not everything: most rules then had nothing to examine. */
static const char *part_examined(const plm_diagnosis *d)
{
    if (plm_diagnosis_is_refused(d))
        return "the parts after this error could not be examined";
    return plm_case_has(&d->c, PLM_PART_RUN) ? NULL
           : plm_case_has(&d->c, PLM_PART_INIT)
               ? "only the data and the untrained net were examined"
           : plm_case_has(&d->c, PLM_PART_STATIC) ? "only the data and the settings were examined"
                                                  : "only the data was examined";
}

/* Adds a line with the number of findings. Rules without findings are counted only if all parts
 * were examined. */
void plm_diagnosis_add_summary(const plm_diagnosis *d, int width, plm_text *t)
{
    int count[3] = {0, 0, 0};
    char words[160];
    for (int i = 0; i < d->found; i++) {
        const plm_finding *f = &d->rule[d->order[i]].finding;
        count[f->level] += *f->cause == '\0';
    }
    const int length = plm_print(words, sizeof words, "%d error%s, %d warning%s, %d note%s; ",
                                 count[PLM_ERROR], count[PLM_ERROR] == 1 ? "" : "s",
                                 count[PLM_WARNING], count[PLM_WARNING] == 1 ? "" : "s",
                                 count[PLM_NOTE], count[PLM_NOTE] == 1 ? "" : "s");
    const char *part = part_examined(d);
    if (part != NULL)
        plm_print(words + length, sizeof words - (size_t)length, "%s", part);
    else
        plm_print(words + length, sizeof words - (size_t)length, "%d of %d rules found nothing",
                  d->rules - d->found, d->rules);
    wrap(t, words, 0, "  ", narrow(width) ? columns_of(width) : INT16_MAX);
}

/* Adds the result of the test whether one batch can be memorized. */
static void add_one_batch(const plm_one_batch *b, plm_text *t)
{
    if (b->steps == 0)
        return;
    plm_text_format(t, "one batch: %lld rows, loss %.4g, after %lld steps %.4g", (long long)b->rows,
                    b->first, (long long)b->steps, b->last);
    if (!isnan(b->right))
        plm_text_format(t, ", %.0f %% right", 100 * b->right);
    plm_text_add(t, "\n");
}

/* Adds up to three findings without a cause that are warnings or errors, with the findings that
 * follow from them, and all notes. */
static void add_findings(const plm_diagnosis *d, int width, plm_text *t)
{
    enum { ROOTS = 3 };
    int roots = 0, hidden = 0;
    for (int i = 0; i < d->found; i++) {
        const plm_finding *f = &d->rule[d->order[i]].finding;
        if (*f->cause != '\0')
            continue;
        if (f->level != PLM_NOTE && roots++ >= ROOTS) {
            hidden++;
            continue;
        }
        plm_diagnosis_add_finding(d, i, width, t);
        plm_text_add(t, "\n");
    }
    if (hidden > 0)
        plm_text_format(t, "%d more findings: repair the first ones, then run the doctor again\n",
                        hidden);
}

/* Adds the last line, which says what to do next. */
static void add_next(const plm_diagnosis *d, int width, plm_text *t)
{
    char words[96];
    const char *healthy =
        plm_case_has(&d->c, PLM_PART_RUN)    ? "the data, the net and its first steps look healthy"
        : plm_case_has(&d->c, PLM_PART_INIT) ? "the data and the untrained net look healthy"
        : plm_case_has(&d->c, PLM_PART_STATIC) ? "the data and the settings look healthy"
                                               : "the data looks healthy";
    if (d->found > 0)
        plm_text_format(t, "next: plummet describe finding %s\n",
                        d->rule[d->order[0]].finding.code);
    else {
        plm_print(words, sizeof words, "nothing found: %s", healthy);
        wrap(t, words, 0, "  ", narrow(width) ? columns_of(width) : INT16_MAX);
    }
}

/* The name of a file makes the first line long. */
const char *plm_diagnosis_page(plm_diagnosis *d, int width, bool terminal)
{
    plm_text_free(&d->text);
    if (d->title != NULL) {
        wrap(&d->text, d->title, 0, "  ",
             terminal || narrow(width) ? columns_of(width) : INT16_MAX);
        plm_text_add(&d->text, "\n");
    }
    add_findings(d, columns_of(width), &d->text);
    add_one_batch(&d->c.one_batch, &d->text);
    plm_diagnosis_add_summary(d, width, &d->text);
    if (d->unseen != NULL)
        wrap(&d->text, d->unseen, 0, "  ", columns_of(width));
    if (d->repair == NULL) {
        add_next(d, width, &d->text);
    } else {
        plm_text_add(&d->text, "\n");
        plm_repair_add_text(d->repair, columns_of(width), &d->text);
    }
    return d->text.failed ? NULL : plm_text_get(&d->text);
}

/* Returns the whole diagnosis as text; it is valid until the next call. width: columns of the
 * screen, at least 30; 0 = 80. NULL = no memory. */
const char *plm_diagnosis_text(plm_diagnosis *d, int width)
{
    return d != NULL ? plm_diagnosis_page(d, width, false) : NULL;
}
