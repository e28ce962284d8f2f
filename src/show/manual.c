/* Writes the manual page of a command as roff, see help.h. */
#include <stdio.h>
#include <string.h>

#include "show/help.h"

/* Appends text[length] and a newline. '.' and "'" at the beginning of a line, '-', '\' and quotes
 * have a meaning in roff, so they are escaped. */
static void add(plm_text *t, const char *text, size_t length)
{
    bool first = true;
    for (const char *c = text; c < text + length; c++) {
        if (first && (*c == '.' || *c == '\''))
            plm_text_add(t, "\\&");
        if (*c == '-')
            plm_text_add(t, "\\-");
        else if (*c == '\\')
            plm_text_add(t, "\\e");
        else if (*c == '\'')
            plm_text_add(t, "\\(aq");
        else if (*c == '`')
            plm_text_add(t, "\\(ga");
        else
            plm_text_append(t, c, 1);
        first = *c == '\n';
    }
    plm_text_add(t, "\n");
}

/* Appends a term in bold, and its text as an indented paragraph. */
static void add_term(plm_text *t, const char *term, const char *text)
{
    plm_text_add(t, ".TP\n.B ");
    add(t, term, strlen(term));
    add(t, text, strlen(text));
}

/* Appends text in which empty lines separate paragraphs. */
static void add_paragraphs(plm_text *t, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        const size_t length = end ? (size_t)(end - text) : strlen(text);
        plm_text_add(t, ".PP\n");
        add(t, text, length);
        text += length + (end ? 2 : 0);
    }
}

/* Appends the keys and the options of a subcommand. */
static void add_arguments(plm_text *t, const plm_help_verb *verb)
{
    plm_text term = {.w = t->w};
    for (const plm_setting_key *k = plm_help_next_key(verb, verb->keys); k;
         k = plm_help_next_key(verb, k + 1)) {
        plm_text_format(&term, "%s=%s", k->name, k->argument);
        add_term(t, plm_text_get(&term), k->help);
        plm_text_done(t, &term);
    }
    for (const plm_help_option *o = verb->options; o->name; o++) {
        plm_help_term(o, &term);
        add_term(t, plm_text_get(&term), o->help);
        plm_text_done(t, &term);
    }
}

/* Appends the section of a verb: usage, details, keys, options and an example of a run file. */
static void add_verb(plm_text *t, const plm_help_verb *verb)
{
    plm_text_format(t, ".SS plummet %s ", verb->name);
    add(t, verb->usage, strlen(verb->usage));
    add_paragraphs(t, verb->details);
    add_arguments(t, verb);
    if (verb->sample) {
        plm_text_add(t, ".PP\nA run file:\n.PP\n.nf\n.RS\n");
        add(t, verb->sample, strlen(verb->sample));
        plm_text_add(t, ".RE\n.fi\n");
    }
}

/* Appends the manual page. The examples of all commands come last, in their own section, as is
 * usual in manual pages. */
void plm_help_manual(const plm_help *h, plm_text *out)
{
    plm_text_add(out, ".\\\" Written by `plummet help --man`: do not edit.\n.TH PLUMMET 1\n.SH "
                      "NAME\nplummet \\- ");
    add(out, h->purpose, strlen(h->purpose));
    plm_text_add(out, ".SH SYNOPSIS\n.B plummet\n.I VERB\n[\n.I argument\n\\&...]\n.SH VERBS\n");
    for (int i = 0; i < h->verbs; i++)
        add_verb(out, &h->verb[i]);
    plm_text_add(out, ".SH EXIT STATUS\n");
    for (const plm_help_code *c = h->codes; c->help; c++) {
        char number[12];
        snprintf(number, sizeof number, "%d", c->code);
        add_term(out, number, c->help);
    }
    plm_text_add(out, ".SH ENVIRONMENT\n");
    add_term(out, "PLUMMET_DATA", "folders of named data sets, separated by ':'");
    add_term(out, "XDG_CACHE_HOME",
             "plummet/tuning in this folder keeps timing measurements of this machine, on which "
             "only speed depends; default ~/.cache");
    add_term(out, "NO_COLOR, TERM, COLUMNS", "colour and width of the terminal");
    plm_text_add(out, ".SH EXAMPLES\n");
    for (int i = 0; i < h->verbs; i++)
        for (const char *const *p = h->verb[i].examples; p && p[0]; p += 2)
            add_term(out, p[0], p[1]);
}
