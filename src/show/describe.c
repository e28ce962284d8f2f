/* Writes the output of `plummet describe`, see describe.h. The texts come from the library's own
 * tables. */
#include "show/describe.h"

#include <string.h>

#include "base/names.h"
#include "run/json_text.h"
#include "run/runfile.h"

enum { PAGE = 79 };

/* Returns the index of a key. The table has some fifty keys, so it is searched from its beginning.
 * */
int plm_run_key_find(const char *name)
{
    for (int i = 0; plm_run_keys[i].name; i++)
        if (!strcmp(plm_run_keys[i].name, name))
            return i;
    return -1;
}

/* True if the text has the word, and not only as a part of a longer one. */
static bool has_word(const char *text, const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const size_t length = strlen(word);
    for (const char *at = text; length > 0 && (at = strstr(at, word)) != NULL; at++)
        if ((at == text || strchr(letters, at[-1]) == NULL) &&
            (at[length] == '\0' || strchr(letters, at[length]) == NULL))
            return true;
    return false;
}

/* Returns the index of the key that has the word among its values, such as dmy of columns or whole
 * of search; -1 = none. Only keys are searched whose values are words of their own, which are in no
 * family; their help has all of them. */
int plm_run_key_with(const char *word)
{
    static const char *const names[] = {"columns", "search", "define", "class_weight"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const int key = plm_run_key_find(names[i]);
        if (key >= 0 && has_word(plm_run_keys[key].help, word))
            return key;
    }
    return -1;
}

/* Appends the key's name, then its argument and help, indented by two columns as plm_describe does
 * it for kinds. */
void plm_run_key_add(int key, plm_screen s, plm_text *out)
{
    const plm_setting_key *k = &plm_run_keys[key];
    plm_text_format(out, "key %s\n  %s: %s\n  ", k->name, k->name, k->argument);
    plm_text_wrap(out, 2, 2, plm_screen_page(s), k->help);
    plm_text_add(out, "\n  ");
    plm_text_wrap(out, 2, 2, plm_screen_page(s),
                  "In a run file, or on the command line as key=value.");
}

/* Appends each key with its help in a second column; further lines of the help are aligned with its
 * first line. On a narrow page the help stands below the key. */
void plm_run_keys_add(plm_screen s, plm_text *out)
{
    enum { NARROW = 60 };
    const int page = plm_screen_page(s), column = page < NARROW ? 2 : 23;
    for (const plm_setting_key *k = plm_run_keys; k->name; k++) {
        plm_text_format(out, page < NARROW ? "%s\n  " : "%-21s  ", k->name);
        plm_text_wrap(out, column, column, page, k->help);
    }
}

/* Returns the indent of the lines that continue this line: the column where its second column
 * begins or, if it has only one column, its own indent. */
static int indent_of(const char *line)
{
    const int blanks = (int)strspn(line, " "), name = blanks + (int)strcspn(line + blanks, " \n");
    const int gap = (int)strspn(line + name, " ");
    return blanks == 0 && gap >= 2 ? name + gap : blanks;
}

/* Appends the next line of text, joined with the lines that continue its second column. Returns the
 * text after these lines. */
static const char *next_line(const char *text, plm_text *line)
{
    enum { SECOND_COLUMN = 10 };
    const size_t begin = line->length;
    do {
        const bool first = line->length == begin;
        const size_t length = strcspn(text, "\n"), blanks = first ? 0 : strspn(text, " ");
        plm_text_add(line, first ? "" : strchr(plm_text_get(line), ' ') ? " " : "  ");
        plm_text_append(line, text + blanks, length - blanks);
        text += length + (text[length] == '\n');
    } while (strspn(text, " ") >= SECOND_COLUMN);
    return text;
}

/* Appends a text. On a page of full width the text is not changed. On a narrower page each entry is
 * joined to one line and wrapped again: in two columns, or below its name if the second column
 * would be too narrow. */
void plm_description_add(const char *text, plm_screen s, plm_text *out)
{
    const int width = plm_screen_page(s);
    plm_text joined = {.w = out->w};
    if (width >= PAGE)
        plm_text_add(out, text);
    while (width < PAGE && *text && !joined.failed) {
        text = next_line(text, &joined);
        const char *line = plm_text_get(&joined);
        const int blanks = (int)strspn(line, " "), indent = indent_of(line);
        if (indent >= width / 2 && indent > blanks) { /* there is no space for two columns */
            plm_text_format(out, "%.*s\n  ", (int)strcspn(line, " "), line);
            plm_text_wrap(out, 2, 2, width, line + indent);
        } else {
            plm_text_add_blanks(out, blanks);
            plm_text_wrap(out, blanks, indent, width, line + blanks);
        }
        plm_text_done(out, &joined);
    }
}

/* Appends a hint: the most similar key or, if none is similar, which commands list the names. */
void plm_run_key_advise(const char *name, plm_text *out)
{
    enum { MAX_KEYS = 64 };
    const char *keys[MAX_KEYS] = {NULL};
    size_t count = 0;
    for (; plm_run_keys[count].name && count < MAX_KEYS; count++)
        keys[count] = plm_run_keys[count].name;
    const char *near = plm_name_nearest(name, keys, count);
    if (near)
        plm_text_format(out, "did you mean %s?", near);
    else
        plm_text_add(out, "`plummet describe` lists the families, `plummet describe layer` the "
                          "layers, `plummet describe key` the keys");
}

/* Appends a JSON object for each key, one per line, in the order of the table. */
void plm_run_keys_json(plm_text *out)
{
    plm_text_add(out, "[");
    for (const plm_setting_key *k = plm_run_keys; k->name; k++) {
        plm_text_add(out, k != plm_run_keys ? ",\n " : "\n ");
        plm_json_text j = plm_json_text_begin(out);
        plm_json_text_member(&j, "name", k->name);
        plm_json_text_member(&j, "argument", k->argument);
        plm_json_text_member(&j, "help", k->help);
        plm_json_text_end(&j);
    }
    plm_text_add(out, "]\n");
}

/* Appends the names of all kinds of a family: the first words of the lines that plm_describe
 * prints. */
static void add_names(plm *w, const char *title, const char *family, plm_text *out)
{
    const char *list = plm_describe(w, family, NULL);
    plm_text_format(out, "  %-16s", title);
    for (const char *line = list ? list : ""; *line;) {
        const size_t length = strcspn(line, " \n"); /* 0 in the second line of a long help */
        if (length > 0)
            plm_text_format(out, " %.*s", (int)length, line);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    plm_text_add(out, "\n");
}

/* Appends a line for each optional part of a build. The available formats and sources are read from
 * the registry, so that this list cannot be out of date. */
void plm_build_add(plm *w, const char *pictures, plm_text *out)
{
#ifdef PLM_HAVE_YAML
    static const char files[] = "yaml";
#else
    static const char files[] = "none (built without libyaml)";
#endif
    plm_text_format(out, "plummet %s\n  instruction set  %s (of:", plm_version(), plm_isa(w));
    for (int i = 0; plm_isa_available(i); i++)
        plm_text_format(out, " %s", plm_isa_available(i));
    plm_text_format(out, ")\n  threads          %d\n  run files        %s\n", plm_threads(w),
                    files);
    plm_text_format(out, "  pictures         %s\n", pictures);
    add_names(w, "model files", "format", out);
    add_names(w, "data sources", "source", out);
#ifdef PLM_HAVE_SQLITE
    static const char base[] = "sqlite";
#else
    static const char base[] = "(no sqlite: built without libsqlite3)";
#endif
    plm_text_format(out, "  %-16s csv tsv jsonl npy npz %s\n", "tables", base);
}
