/* YAML of a run file, by the events of libyaml: one mapping of keys to texts or lists of texts.
 * Everything beyond is refused with its place: nested mappings, aliases, anchors, tags, keys
 * given twice, several documents. */
#include <stdlib.h>
#include <string.h>

#include "runfile.h"

#ifdef PLM_HAVE_YAML
#include <yaml.h>

typedef struct {
    plm_cli_settings *s;
    yaml_parser_t parser;
    yaml_event_t event;
    bool held; /* event must be deleted */
    const char *text;
    size_t length;
} reader;

static int fail_at(const reader *r, yaml_mark_t mark, const char *hint, const char *what)
{
    char *where = plm_cli_format("%s:%zu:%zu", r->s->file, mark.line + 1, mark.column + 1);
    int code = plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s", what);
    free(where);
    return code;
}

static int fail_here(const reader *r, const char *hint, const char *what)
{
    return fail_at(r, r->event.start_mark, hint, what);
}

/* Goes to the next event; a syntax error is reported with its place. */
static int next(reader *r)
{
    if (r->held)
        yaml_event_delete(&r->event);
    r->held = yaml_parser_parse(&r->parser, &r->event) == 1;
    if (r->held)
        return PLM_EXIT_GOOD;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return plm_cli_fail(PLM_EXIT_INTERNAL, r->s->file, NULL, "out of memory");
    const char *hint = "a run file is lines 'key: value'; quote a value that holds ': ' or ' #'";
    if (r->parser.error == YAML_READER_ERROR) {
        char *where = plm_cli_format("%s, byte %zu", r->s->file, r->parser.problem_offset);
        int code = plm_cli_fail(PLM_EXIT_USAGE, where, "a run file is text in UTF-8", "%s",
                                r->parser.problem);
        free(where);
        return code;
    }
    const char *at = r->text + r->parser.problem_mark.index;
    const bool tab = r->parser.problem_mark.index < r->length && *at == '\t';
    if (tab)
        return fail_at(r, r->parser.problem_mark, "indent with blanks",
                       "a tab where YAML allows none");
    return fail_at(r, r->parser.problem_mark, hint, r->parser.problem);
}

/* Tags and anchors have no meaning here; to ignore them would hide a mistake. */
static int refuse_marks(const reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return fail_here(r, "write the value out", "anchors and aliases are not used in run files");
    if (tag)
        return fail_here(r, "leave the tag out", "tags are not used in run files");
    return PLM_EXIT_GOOD;
}

/* The current event must be a text: a key, a value or an item of a list. */
static int expect_text(const reader *r, const char *what)
{
    const yaml_event_t *e = &r->event;
    if (e->type == YAML_ALIAS_EVENT)
        return fail_here(r, "write the value out", "anchors and aliases are not used in run files");
    if (e->type == YAML_MAPPING_START_EVENT)
        return fail_here(r, "within a spec, = stands behind a key: dense(10, activation=softmax)",
                         "'key: value' where a spec is expected");
    if (e->type != YAML_SCALAR_EVENT)
        return fail_here(r, "write 'key: spec' or a list of '- spec' lines below the key", what);
    if (strlen((const char *)e->data.scalar.value) != e->data.scalar.length)
        return fail_here(r, "write it without", "a NUL character");
    return refuse_marks(r, e->data.scalar.anchor, e->data.scalar.tag);
}

static void add(reader *r, int key, const char *text)
{
    plm_cli_setting_add(r->s, key, text, (int)r->event.start_mark.line + 1,
                        (int)r->event.start_mark.column + 1);
}

/* A list. YAML cuts [f(a, b), c] at every comma, so the texts of such a list are joined again
 * and then cut where no bracket is open. */
static int read_list(reader *r, int key)
{
    bool flow = r->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    int line = (int)r->event.start_mark.line + 1, column = (int)r->event.start_mark.column + 1;
    char *joined = NULL;
    int code =
        refuse_marks(r, r->event.data.sequence_start.anchor, r->event.data.sequence_start.tag);
    while (!code && !(code = next(r)) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        if ((code = expect_text(r, "a list holds specs only")))
            break;
        const char *text = (const char *)r->event.data.scalar.value;
        if (!*text) {
            code =
                fail_here(r, "write a spec after the '-', or leave the line out", "an empty item");
        } else if (flow) {
            char *longer = plm_cli_format("%s%s%s", joined ? joined : "", joined ? ", " : "", text);
            free(joined);
            joined = longer;
        } else {
            add(r, key, text);
        }
    }
    if (!code && joined)
        plm_cli_setting_add(r->s, key, joined, line, column);
    free(joined);
    return code;
}

static int read_value(reader *r, int key)
{
    if (r->event.type == YAML_SEQUENCE_START_EVENT) {
        if (r->s->keys[key].type != PLM_CLI_LIST)
            return fail_here(r, "write one value on the line of the key",
                             "a list where one value is expected");
        return read_list(r, key);
    }
    int code = expect_text(r, "a value is a text or a list");
    if (!code)
        add(r, key, (const char *)r->event.data.scalar.value);
    return code;
}

static int read_pair(reader *r)
{
    int code = expect_text(r, "a key is a name");
    if (code)
        return code;
    yaml_mark_t mark = r->event.start_mark;
    char *where = plm_cli_format("%s:%zu:%zu", r->s->file, mark.line + 1, mark.column + 1);
    const char *name = (const char *)r->event.data.scalar.value;
    int key = plm_cli_key_find(r->s, name, where);
    if (key < 0) {
        code = PLM_EXIT_USAGE;
    } else if (r->s->at[key].given) {
        char *hint = plm_cli_format("leave one out; the first is in line %d", r->s->at[key].line);
        code = plm_cli_fail(PLM_EXIT_USAGE, where, hint, "key '%s' is given twice", name);
        free(hint);
    }
    free(where);
    if (code || (code = next(r)))
        return code;
    r->s->at[key].given = true;
    code = read_value(r, key);
    r->s->at[key].line = (int)mark.line + 1;
    r->s->at[key].column = (int)mark.column + 1;
    return code;
}

static int read_mapping(reader *r)
{
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return fail_here(r, "`plummet help train` shows one",
                         "a run file is a list of 'key: value' lines");
    int code = refuse_marks(r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag);
    while (!code && !(code = next(r)) && r->event.type != YAML_MAPPING_END_EVENT)
        code = read_pair(r);
    return code;
}

static int read_document(reader *r)
{
    int code = next(r); /* stream start */
    code = code ? code : next(r);
    if (!code && r->event.type == YAML_STREAM_END_EVENT)
        return fail_here(r, "`plummet help train` shows one", "the run file is empty");
    code = code ? code : next(r);
    code = code ? code : read_mapping(r);
    code = code ? code : next(r); /* document end */
    code = code ? code : next(r);
    if (!code && r->event.type != YAML_STREAM_END_EVENT)
        return fail_here(r, "one run a file", "a second document");
    return code;
}

int plm_cli_yaml_read(plm_cli_settings *s, const char *text, size_t length)
{
    reader r = {.s = s, .text = text, .length = length};
    if (!yaml_parser_initialize(&r.parser))
        return plm_cli_fail(PLM_EXIT_INTERNAL, s->file, NULL, "out of memory");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    int code = read_document(&r);
    if (r.held)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return code;
}

#else

int plm_cli_yaml_read(plm_cli_settings *s, const char *text, size_t length)
{
    (void)text;
    (void)length;
    return plm_cli_fail(PLM_EXIT_USAGE, s->file,
                        "build it again where libyaml is found (Debian: libyaml-dev)",
                        "this plummet was built without run files");
}

#endif
