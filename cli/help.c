/* Prints the help and the manual page, both from the tables of verbs, options and keys, so that
 * they cannot differ. Text is at most 79 columns wide. */
#include <string.h>

#include "options.h"
#include "output.h"

/* Columns: where text begins, where the text of verbs and of options begins. On pages narrower than
 * NARROW, that of options begins at NARROW_COLUMN. */
enum { MARGIN = 2, VERB_COLUMN = 16, COLUMN = 26, NARROW = 60, NARROW_COLUMN = 6 };

static const char purpose[] =
    "trains deep neural networks on the CPU, and warns of nets that cannot learn";

/* What the command returns to the shell: the one table of exit codes, which `plummet help` and the
 * manual print. tests/cli/exit_codes.sh tries each with every verb that can give it. */
static const struct {
    int code;
    const char *help;
} codes[] = {{PLM_EXIT_GOOD, "good"},
             {PLM_EXIT_INTERNAL, "a mistake inside plummet, or no memory"},
             {PLM_EXIT_USAGE,
              "wrong use: an option, key or spec that is not understood, shapes that do not fit"},
             {PLM_EXIT_DATA, "bad data or a bad file"},
             {PLM_EXIT_DIVERGED, "the loss is no longer finite"},
             {PLM_EXIT_IO, "the system could not read or write"},
             {PLM_EXIT_FOUND, "plummet doctor --fail-on: something of that level was found"},
             {PLM_EXIT_ASSERT, "an --assert does not hold"},
             {PLM_EXIT_INTERRUPTED, "interrupted by Ctrl-C; the model is saved"}};

/* Prints a term such as "--output FILE", and its text in a column of its own. If the term is too
 * long or the page too narrow, the text begins on the next line. */
static void row(FILE *f, int column, const char *term, const char *text)
{
    int at = fprintf(f, "%*s%s", MARGIN, "", term);
    if (plm_cli_page(f) < NARROW && column > VERB_COLUMN)
        column = NARROW_COLUMN;
    if (at > column - 2) {
        fputc('\n', f);
        at = 0;
    }
    fprintf(f, "%*s", column - at, "");
    plm_cli_wrap(f, column, column, plm_cli_page(f), text);
}

/* Writes the term of an option, such as "-o, --output FILE", into out[room]. */
static void option_term(char *out, size_t room, const plm_cli_option *o)
{
    char letter[8] = "";
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(out, room, "%s--%s%s%s", letter, o->name, o->argument ? " " : "",
             o->argument ? o->argument : "");
}

/* Prints a heading, bold if the stream shows colours. */
static void heading(FILE *f, const char *text)
{
    const plm_screen screen = plm_cli_screen_of(f);
    fprintf(f, "\n%s%s%s\n", plm_paint_begin(screen, PLM_BOLD), text,
            plm_paint_begin(screen, PLM_PLAIN));
}

/* Prints a text, wrapped and indented. */
static void indented(FILE *f, const char *text)
{
    fprintf(f, "%*s", MARGIN, "");
    plm_cli_wrap(f, MARGIN, MARGIN, plm_cli_page(f), text);
}

/* Prints an example of a run file, indented but not wrapped. */
static void sample(FILE *f, const char *text)
{
    heading(f, "A RUN FILE");
    for (const char *c = text; *c;) {
        size_t length = strcspn(c, "\n");
        fprintf(f, "%*s%.*s\n", MARGIN, "", (int)length, c);
        c += length + (c[length] == '\n');
    }
}

/* Prints examples: pairs of a command and what it does, ended by NULL. */
static void examples(FILE *f, const char *const *pairs)
{
    for (; pairs && pairs[0]; pairs += 2) {
        fprintf(f, "%*s", MARGIN + 2, "# ");
        plm_cli_wrap(f, MARGIN + 2, MARGIN + 2, plm_cli_page(f), pairs[1]);
        fprintf(f, "%*s%s\n", MARGIN, "", pairs[0]);
    }
}

/* Prints "plummet VERB what [option]". If it is too long, it continues on the next line; a part
 * from one " [" to the next is never broken. */
static void usage(FILE *f, const plm_cli_verb *verb)
{
    int indent = fprintf(f, "plummet %s", verb->name), at = indent;
    for (const char *c = verb->usage; *c;) {
        const char *end = strstr(c, " [");
        int length = end ? (int)(end - c) : (int)strlen(c);
        if (at > indent && at + 1 + length > plm_cli_page(f))
            at = fprintf(f, "\n%*s", indent, "") - 1;
        at += fprintf(f, " %.*s", length, c);
        c += length + (end ? 1 : 0);
    }
    fputs("\n\n", f);
}

/* Returns the key at k, or the first one behind it that has an effect on the verb. NULL = there are
 * no more. */
static const plm_setting_key *next_key(const plm_cli_verb *verb, const plm_setting_key *k)
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

void plm_cli_help_verb(FILE *f, const plm_cli_verb *verb)
{
    char term[80];
    usage(f, verb);
    indented(f, verb->details);
    if (verb->keys)
        heading(f, "KEYS (key=value)");
    for (const plm_setting_key *k = next_key(verb, verb->keys); k; k = next_key(verb, k + 1)) {
        snprintf(term, sizeof term, "%s=%s", k->name, k->argument);
        row(f, COLUMN, term, k->help);
    }
    heading(f, "OPTIONS");
    for (const plm_cli_option *o = verb->options; o->name; o++) {
        option_term(term, sizeof term, o);
        row(f, COLUMN, term, o->help);
    }
    row(f, COLUMN, "-h, --help", "this text");
    if (verb->sample)
        sample(f, verb->sample);
    if (verb->examples && verb->examples[0])
        heading(f, "EXAMPLES");
    examples(f, verb->examples);
}

void plm_cli_help_all(FILE *f)
{
    fprintf(f, "plummet %s: ", plm_version());
    plm_cli_wrap(f, 10 + (int)strlen(plm_version()), 2, plm_cli_page(f), purpose);
    heading(f, "VERBS");
    for (const plm_cli_verb *const *v = plm_cli_verbs; *v; v++)
        row(f, VERB_COLUMN, (*v)->name, (*v)->help);
    row(f, VERB_COLUMN, "--version", "version, instruction set, threads, components");
    heading(f, "EXIT CODES");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char number[8];
        snprintf(number, sizeof number, "%d", codes[i].code);
        row(f, VERB_COLUMN, number, codes[i].help);
    }
    heading(f, "BEGIN WITH");
    indented(f, "plummet train digits\nplummet describe layer dense\nplummet help train");
}

/* ---- roff ---- */

/* Prints text for a manual page. A '.' or "'" at the beginning of a line would be a request of
 * roff; '-', '\' and quotes have a meaning in roff, too. So all of these are escaped. */
static void roff(FILE *f, const char *text)
{
    bool first = true;
    for (const char *c = text; *c; c++) {
        if (first && (*c == '.' || *c == '\''))
            fputs("\\&", f);
        if (*c == '-')
            fputs("\\-", f);
        else if (*c == '\\')
            fputs("\\e", f);
        else if (*c == '\'')
            fputs("\\(aq", f);
        else if (*c == '`')
            fputs("\\(ga", f);
        else
            fputc(*c, f);
        first = *c == '\n';
    }
    fputc('\n', f);
}

/* Prints a term in bold, and its text as an indented paragraph. */
static void roff_term(FILE *f, const char *term, const char *text)
{
    fputs(".TP\n.B ", f);
    roff(f, term);
    roff(f, text);
}

/* Prints text in which empty lines separate paragraphs. */
static void roff_paragraphs(FILE *f, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        char paragraph[2048];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
        fputs(".PP\n", f);
        roff(f, paragraph);
        text += length + (end ? 2 : 0);
    }
}

/* Prints the section of a verb: usage, details, keys, options and an example of a run file. */
static void roff_verb(FILE *f, const plm_cli_verb *verb)
{
    char term[80];
    fprintf(f, ".SS plummet %s ", verb->name);
    roff(f, verb->usage);
    roff_paragraphs(f, verb->details);
    for (const plm_setting_key *k = next_key(verb, verb->keys); k; k = next_key(verb, k + 1)) {
        snprintf(term, sizeof term, "%s=%s", k->name, k->argument);
        roff_term(f, term, k->help);
    }
    for (const plm_cli_option *o = verb->options; o->name; o++) {
        option_term(term, sizeof term, o);
        roff_term(f, term, o->help);
    }
    if (verb->sample) {
        fputs(".PP\nA run file:\n.PP\n.nf\n.RS\n", f);
        roff(f, verb->sample);
        fputs(".RE\n.fi\n", f);
    }
}

static void roff_examples(FILE *f)
{
    fputs(".SH EXAMPLES\n", f);
    for (const plm_cli_verb *const *v = plm_cli_verbs; *v; v++)
        for (const char *const *pairs = (*v)->examples; pairs && pairs[0]; pairs += 2)
            roff_term(f, pairs[0], pairs[1]);
}

void plm_cli_help_manual(FILE *f)
{
    fputs(".\\\" Written by `plummet help --man`: do not edit.\n.TH PLUMMET 1\n.SH NAME\nplummet "
          "\\- ",
          f);
    roff(f, purpose);
    fputs(".SH SYNOPSIS\n.B plummet\n.I VERB\n[\n.I argument\n\\&...]\n.SH VERBS\n", f);
    for (const plm_cli_verb *const *v = plm_cli_verbs; *v; v++)
        roff_verb(f, *v);
    fputs(".SH EXIT STATUS\n", f);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char number[8];
        snprintf(number, sizeof number, "%d", codes[i].code);
        roff_term(f, number, codes[i].help);
    }
    fputs(".SH ENVIRONMENT\n", f);
    roff_term(f, "PLUMMET_DATA", "folders of named data sets, separated by ':'");
    roff_term(f, "XDG_CACHE_HOME",
              "plummet/tuning below it keeps what was measured on this machine; only speed depends "
              "on it; default ~/.cache");
    roff_term(f, "NO_COLOR, TERM, COLUMNS", "colour and width of the terminal");
    roff_examples(f);
}
