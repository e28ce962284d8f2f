/* Writes the help of a command and of its subcommands, see help.h. Text has at most 79 columns. */
#include "show/help.h"

#include <stdio.h>
#include <string.h>

/* Columns: left margin, and where the second column (the text of commands and of options) begins.
 * On pages narrower than NARROW, the text of options begins at NARROW_COLUMN. */
enum { MARGIN = 2, VERB_COLUMN = 16, COLUMN = 26, NARROW = 60, NARROW_COLUMN = 6 };

/* Appends a term such as "--output FILE", and its text in a second column. If the term is too long
 * or the page too narrow, the text begins on the next line. On narrow pages the text of options is
 * indented less, as it would otherwise have one word per line. */
static void add_row(plm_text *t, plm_screen s, int column, const char *term, const char *text)
{
    const int page = plm_screen_page(s), at = MARGIN + (int)strlen(term);
    plm_text_format(t, "%*s%s", MARGIN, "", term);
    if (page < NARROW && column > VERB_COLUMN)
        column = NARROW_COLUMN;
    if (at > column - 2)
        plm_text_format(t, "\n%*s", column, "");
    else
        plm_text_add_blanks(t, column - at);
    plm_text_wrap(t, column, column, page, text);
}

/* Appends the term of an option. An option without a short form begins with "--" at the column
 * where other options have it. */
void plm_help_term(const plm_help_option *o, plm_text *out)
{
    if (o->letter)
        plm_text_format(out, "-%c, ", o->letter);
    plm_text_format(out, "--%s%s%s", o->name, o->argument ? " " : "",
                    o->argument ? o->argument : "");
}

/* Appends a heading. */
static void add_heading(plm_text *t, plm_screen s, const char *text)
{
    plm_text_add(t, "\n");
    plm_text_paint(t, s, PLM_BOLD, "%s", text);
    plm_text_add(t, "\n");
}

/* Appends a text, wrapped and indented. */
static void add_indented(plm_text *t, plm_screen s, const char *text)
{
    plm_text_add_blanks(t, MARGIN);
    plm_text_wrap(t, MARGIN, MARGIN, plm_screen_page(s), text);
}

/* Appends an example of a run file, indented but not wrapped. */
static void add_sample(plm_text *t, plm_screen s, const char *text)
{
    add_heading(t, s, "A RUN FILE");
    for (const char *c = text; *c;) {
        const size_t length = strcspn(c, "\n");
        plm_text_format(t, "%*s%.*s\n", MARGIN, "", (int)length, c);
        c += length + (c[length] == '\n');
    }
}

/* Appends a comment of the shell, wrapped. Each line begins with "# ", so that all examples can be
 * pasted into a shell at once. */
static void add_comment(plm_text *t, plm_screen s, const char *text)
{
    plm_text lines = {.w = t->w};
    plm_text_wrap(&lines, 0, 0, plm_screen_page(s) - MARGIN - 2, text);
    for (const char *c = plm_text_get(&lines); c && *c;) {
        const int length = (int)strcspn(c, "\n");
        plm_text_format(t, "%*s%.*s\n", MARGIN + 2, "# ", length, c);
        c += length + (c[length] == '\n');
    }
    plm_text_done(t, &lines);
}

/* Appends examples. pair: a command and its description, then the next command and so on,
 * terminated by NULL. */
static void add_examples(plm_text *t, plm_screen s, const char *const *pairs)
{
    for (; pairs && pairs[0]; pairs += 2) {
        add_comment(t, s, pairs[1]);
        plm_text_format(t, "%*s%s\n", MARGIN, "", pairs[0]);
    }
}

/* Appends the usage: "plummet VERB what [option]". If it is wider than the page, it is broken
 * before one of its parts that begin with " [" or " | ". */
static void add_usage(plm_text *t, plm_screen s, const plm_help_verb *verb)
{
    const int indent = (int)(strlen("plummet ") + strlen(verb->name));
    int at = indent;
    plm_text_format(t, "plummet %s", verb->name);
    for (const char *c = verb->usage; *c;) {
        const char *end = strstr(c, " ["), *either = strstr(c, " | ");
        end = either && (!end || either < end) ? either : end;
        const int length = end ? (int)(end - c) : (int)strlen(c);
        if (at > indent && at + 1 + length > plm_screen_page(s)) {
            plm_text_format(t, "\n%*s", indent, "");
            at = indent;
        }
        plm_text_format(t, " %.*s", length, c);
        at += 1 + length;
        c += length + (end ? 1 : 0);
    }
    plm_text_add(t, "\n\n");
}

/* Returns the index, from k on, of the first key that the help lists. Keys that the command accepts
 * without effect are skipped: they would only lengthen its help. */
const plm_setting_key *plm_help_next_key(const plm_help_verb *verb, const plm_setting_key *k)
{
    for (; k && k->name; k++) {
        const char *const *idle = verb->idle;
        while (idle && *idle && strcmp(*idle, k->name) != 0)
            idle++;
        if (!idle || !*idle)
            return k;
    }
    return NULL;
}

/* Appends the keys and the options of a subcommand. */
static void add_arguments(plm_text *t, plm_screen s, const plm_help_verb *verb)
{
    plm_text term = {.w = t->w};
    if (verb->keys)
        add_heading(t, s, "KEYS (key=value)");
    for (const plm_setting_key *k = plm_help_next_key(verb, verb->keys); k;
         k = plm_help_next_key(verb, k + 1)) {
        plm_text_format(&term, "%s=%s", k->name, k->argument);
        add_row(t, s, COLUMN, plm_text_get(&term), k->help);
        plm_text_done(t, &term);
    }
    add_heading(t, s, "OPTIONS");
    for (const plm_help_option *o = verb->options; o->name; o++) {
        plm_help_term(o, &term);
        add_row(t, s, COLUMN, plm_text_get(&term), o->help);
        plm_text_done(t, &term);
    }
    add_row(t, s, COLUMN, "-h, --help", "this text");
}

/* Appends usage, details, keys, options, the sample and the examples, in this order. */
void plm_help_of_verb(const plm_help_verb *verb, plm_screen s, plm_text *out)
{
    add_usage(out, s, verb);
    add_indented(out, s, verb->details);
    add_arguments(out, s, verb);
    if (verb->sample)
        add_sample(out, s, verb->sample);
    if (verb->examples && verb->examples[0])
        add_heading(out, s, "EXAMPLES");
    add_examples(out, s, verb->examples);
}

/* Appends a line for each command and for each exit code, then commands to begin with. */
void plm_help_of_all(const plm_help *h, plm_screen s, plm_text *out)
{
    plm_text_format(out, "plummet %s: ", plm_version());
    plm_text_wrap(out, 10 + (int)strlen(plm_version()), 2, plm_screen_page(s), h->purpose);
    add_heading(out, s, "VERBS");
    for (int i = 0; i < h->verbs; i++)
        add_row(out, s, VERB_COLUMN, h->verb[i].name, h->verb[i].help);
    add_row(out, s, VERB_COLUMN, "--version", "version, instruction set, threads, components");
    add_heading(out, s, "EXIT CODES");
    for (const plm_help_code *c = h->codes; c->help; c++) {
        char number[12];
        snprintf(number, sizeof number, "%d", c->code);
        add_row(out, s, VERB_COLUMN, number, c->help);
    }
    add_heading(out, s, "BEGIN WITH");
    add_indented(out, s, "plummet train digits\nplummet describe layer dense\nplummet help train");
}

/* Words of other programs and libraries. */
const char *plm_help_meant(const char *word)
{
    static const char *const meant[][2] = {{"version", "--version"},
                                           {"resume", "train --resume RUNDIR"},
                                           {"fit", "train"},
                                           {"test", "evaluate"},
                                           {"compare", "runs diff A B"},
                                           {"list", "runs"},
                                           {"ls", "runs"},
                                           {"tune", "search"}};
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (strcmp(word, meant[i][0]) == 0)
            return meant[i][1];
    return NULL;
}
