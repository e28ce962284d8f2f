/* Reads the YAML of a run file with libyaml's events: one mapping of keys to texts or lists of
 * texts. A mapping in braces in the place of a text is a dictionary of Keras's get_config(); its
 * text is kept, and parsed as a spec later. Everything else that YAML allows is an error with its
 * place: nested mappings, aliases, anchors, tags, duplicate keys, several documents. Ignoring them
 * would hide mistakes. libyaml returns a sequence of events: the start of a mapping, a text, the
 * end of a list. The reader holds one event at a time, and every function leaves the last event
 * that it has used as the current one. Each value is stored with its line and column, so that an
 * error that occurs much later, when a layer is built, can name the place in the file. */
#include "run/runfile.h"
#include "run/yaml_faults.h"

#include "base/code.h"

#include <stdio.h>
#include <string.h>

#ifdef PLM_HAVE_YAML
#include <yaml.h>

/* A YAML text that is being read. */
typedef struct {
    plm_settings *s;      /* gets the keys and values */
    yaml_parser_t parser; /* libyaml's, which reads `text` */
    yaml_event_t event;   /* the current one, if `held` */
    bool held;            /* event holds memory that must be freed */
    const char *text;     /* [length], then NUL */
    size_t length;        /* in bytes */
    size_t list; /* where the list in brackets begins that is being read; SIZE_MAX = none */
} reader;

/* Writes "file:line:column" into out. libyaml counts lines and columns from 0, editors from 1. */
static void place_of(const reader *r, yaml_mark_t mark, char out[PLM_WHERE_CAPACITY])
{
    snprintf(out, PLM_WHERE_CAPACITY, "%s:%zu:%zu", r->s->file, mark.line + 1, mark.column + 1);
}

static size_t byte_of(const reader *r, yaml_mark_t mark);

/* Fails with E_SPEC at a line and column of the file. If the line has a function of Python, the
 * error is about that: its ':' is what YAML misunderstands. */
static plm_status fail_at(const reader *r, yaml_mark_t mark, const char *hint, const char *what)
{
    char where[PLM_WHERE_CAPACITY], line[400];
    place_of(r, mark, where);
    plm_yaml_line(r->text, r->length, byte_of(r, mark), line);
    return plm_code_find(line) ? plm_code_fail(r->s->w, where, line)
                               : plm_fail(r->s->w, PLM_E_SPEC, where, hint, "%s", what);
}

/* Fails with E_SPEC at the beginning of the current event. */
static plm_status fail_here(const reader *r, const char *hint, const char *what)
{
    return fail_at(r, r->event.start_mark, hint, what);
}

/* Returns the byte of the text at a mark: libyaml counts characters after the byte order mark. */
static size_t byte_of(const reader *r, yaml_mark_t mark)
{
    size_t at = r->length >= 3 && memcmp(r->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t n = 0; n < mark.index && at < r->length; n++)
        do
            at++;
        while (at < r->length && ((unsigned char)r->text[at] & 0xC0) == 0x80);
    return at;
}

/* True if the line at a mark is NAME = VALUE, as in Python. */
static bool is_assignment(const reader *r, yaml_mark_t mark)
{
    char name[80];
    return plm_yaml_assigned(r->text, r->length, byte_of(r, mark), name);
}

/* Fails on a line NAME = VALUE: a key of run files needs ':', another name is a definition. */
static plm_status fail_assignment(const reader *r, yaml_mark_t mark)
{
    char name[80], hint[PLM_HINT_CAPACITY];
    (void)plm_yaml_assigned(r->text, r->length, byte_of(r, mark), name);
    bool key = false;
    for (const plm_setting_key *k = r->s->keys; k->name; k++)
        key = key || strcmp(k->name, name) == 0;
    snprintf(hint, sizeof hint,
             key ? "write '%s: ...'"
                 : "a definition belongs below the key define: a line 'define:', then a line "
                   "'  - %s = ...'",
             name);
    return fail_at(r, mark, hint,
                   key ? "a key has '=' in place of ':'"
                       : "a definition NAME = VALUE is not below the key define");
}

/* Reads the next event. A syntax error is reported with its place. libyaml often reports a mistake
 * on the line after it; the two most frequent mistakes are recognized here and reported on their
 * own line. */
static plm_status next(reader *r)
{
    if (r->held)
        yaml_event_delete(&r->event);
    r->held = yaml_parser_parse(&r->parser, &r->event) == 1;
    if (r->held)
        return PLM_OK;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return plm_fail_memory(r->s->w, r->s->file);
    const plm_yaml_fault fault = plm_yaml_fault_of(r->parser.problem);
    if (r->parser.error == YAML_READER_ERROR) {
        char where[PLM_WHERE_CAPACITY];
        snprintf(where, sizeof where, "%s, byte %zu", r->s->file, r->parser.problem_offset);
        return plm_fail(r->s->w, PLM_E_SPEC, where, "save the run file as UTF-8 text", "%s",
                        r->parser.problem);
    }
    const size_t problem = byte_of(r, r->parser.problem_mark);
    const bool tab = problem < r->length && r->text[problem] == '\t';
    if (tab)
        return fail_at(r, r->parser.problem_mark, "indent lines with blanks, not tabs",
                       "there is a tab where YAML allows no tab");
    /* libyaml takes the line NAME = VALUE for a key, and misses its ':' only at the next line */
    if (r->parser.context && is_assignment(r, r->parser.context_mark))
        return fail_assignment(r, r->parser.context_mark);
    if (r->parser.context && fault.begins)
        return fail_at(r, r->parser.context_mark, fault.hint, fault.what);
    return fail_at(r, r->parser.problem_mark, fault.hint, fault.what);
}

/* Fails with E_SPEC if the current event has an anchor or a tag. They have no meaning in run files,
 * and ignoring them would hide a mistake. */
static plm_status refuse_marks(const reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return fail_here(r, "replace the anchor or alias by the value itself",
                         "anchors and aliases are not used in run files");
    if (tag)
        return fail_here(r, "remove the tag", "tags are not used in run files");
    return PLM_OK;
}

/* Fails with E_SPEC unless the current event is a text: a key, a value or an item of a list. what:
 * the message for other events. */
static plm_status expect_text(const reader *r, const char *what)
{
    const yaml_event_t *e = &r->event;
    if (e->type == YAML_ALIAS_EVENT)
        return fail_here(r, "replace the anchor or alias by the value itself",
                         "anchors and aliases are not used in run files");
    if (e->type == YAML_MAPPING_START_EVENT)
        return fail_here(r, "within a spec, = follows a key: dense(10, activation=softmax)",
                         "'key: value' where a spec is expected");
    if (e->type != YAML_SCALAR_EVENT)
        return fail_here(r, "write 'key: spec' or a list of '- spec' lines below the key", what);
    if (strlen((const char *)e->data.scalar.value) != e->data.scalar.length)
        return fail_here(r, "write only a text: 'key: value'", "a NUL character");
    return refuse_marks(r, e->data.scalar.anchor, e->data.scalar.tag);
}

/* Adds a value to the setting of a key, with its place. */
static plm_status add(reader *r, int key, const char *text, yaml_mark_t mark)
{
    return plm_setting_add(r->s, key, text, (int)mark.line + 1, (int)mark.column + 1);
}

/* Reads a mapping in braces up to its end, and sets *text to what the file has there. The events
 * between are passed over, as libyaml knows neither the tuples nor the names of Python. The caller
 * adds the text at the place `start`. */
static plm_status read_braces(reader *r, yaml_mark_t *start, const char **text)
{
    const yaml_event_t *e = &r->event;
    *start = e->start_mark;
    PLM_TRY(refuse_marks(r, e->data.mapping_start.anchor, e->data.mapping_start.tag));
    for (int depth = 1; depth > 0;) {
        PLM_TRY(next(r));
        if (e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT)
            depth++;
        else if (e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT)
            depth--;
    }
    const size_t first = byte_of(r, *start), last = byte_of(r, e->end_mark);
    *text = plm_arena_text(&r->s->arena, r->text + first, last - first);
    return *text ? PLM_OK : PLM_E_MEMORY;
}

/* True if the current event begins a mapping in braces. */
static bool at_braces(const reader *r)
{
    return r->event.type == YAML_MAPPING_START_EVENT &&
           r->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
}

/* Reads an item of a list. In a list [a, b] (flow style) its text is appended to `joined`, see
 * read_list; in a list of '-' lines it is added to the setting. */
static plm_status read_item(reader *r, int key, bool flow, plm_text *joined)
{
    yaml_mark_t mark = r->event.start_mark;
    const char *text = NULL;
    if (at_braces(r)) {
        PLM_TRY(read_braces(r, &mark, &text));
    } else {
        PLM_TRY(expect_text(
            r, "an item of a list must be a text such as dense(10), not a list or a mapping"));
        text = (const char *)r->event.data.scalar.value;
    }
    if (!*text)
        return fail_here(r, "write a value such as dense(10) after the '-', or remove the line",
                         "an item of the list is empty");
    if (!flow)
        return add(r, key, text, mark);
    plm_text_format(joined, "%s%s", joined->length ? ", " : "", text);
    return joined->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Reads a list. YAML splits [f(a, b), c] at every comma, so the texts of such a list are joined
 * again, and plm_setting_add splits them only at commas outside brackets. The place of a joined
 * list is its beginning, since libyaml split its items at other commas. */
static plm_status read_list(reader *r, int key)
{
    const bool flow = r->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    const yaml_mark_t mark = r->event.start_mark;
    plm_text joined = {.w = r->s->w};
    r->list = flow ? byte_of(r, mark) : SIZE_MAX;
    plm_status status =
        refuse_marks(r, r->event.data.sequence_start.anchor, r->event.data.sequence_start.tag);
    while (status >= 0 && (status = next(r)) >= 0 && r->event.type != YAML_SEQUENCE_END_EVENT)
        status = read_item(r, key, flow, &joined);
    r->list = status >= 0 ? SIZE_MAX : r->list;
    if (status >= 0 && joined.length)
        status = add(r, key, plm_text_get(&joined), mark);
    plm_text_free(&joined);
    return status;
}

/* Reads pairs {a: b, c: d}, which become the text "a=b, c=d". In the events of a mapping, keys and
 * values alternate. */
static plm_status read_pairs(reader *r, int key)
{
    plm_text joined = {.w = r->s->w};
    plm_status status =
        refuse_marks(r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag);
    for (bool name = true; status >= 0 && (status = next(r)) >= 0; name = !name) {
        if (name && r->event.type == YAML_MAPPING_END_EVENT)
            break;
        status = expect_text(r, "pairs must be written as {name: value, name: value}");
        if (status >= 0)
            plm_text_format(&joined, "%s%s",
                            name && joined.length ? ", "
                            : name                ? ""
                                                  : "=",
                            (const char *)r->event.data.scalar.value);
    }
    if (status >= 0)
        status =
            joined.failed ? PLM_E_MEMORY : add(r, key, plm_text_get(&joined), r->event.start_mark);
    plm_text_free(&joined);
    return status;
}

/* Fails with E_SPEC because a list is given for a key that takes one value. */
static plm_status refuse_list(const reader *r, int key)
{
    const plm_setting_key *k = &r->s->keys[key];
    char hint[PLM_HINT_CAPACITY], where[PLM_WHERE_CAPACITY];
    const bool names = strstr(k->argument, "NAMES") != NULL;
    place_of(r, r->event.start_mark, where);
    snprintf(hint, sizeof hint,
             names ? "write all names in one text, with | between: %s: 'NAME|NAME'"
                   : "write the value on the line of the key: %s: %s",
             k->name, k->argument);
    return plm_fail(r->s->w, PLM_E_SPEC, where, hint, "'%s' takes one value, not a list", k->name);
}

/* Reads the value of a key: a text or, for keys that allow it, a list or pairs. */
static plm_status read_value(reader *r, int key)
{
    if (r->event.type == YAML_SEQUENCE_START_EVENT) {
        return r->s->keys[key].type == PLM_SETTING_LIST ? read_list(r, key) : refuse_list(r, key);
    }
    if (r->event.type == YAML_MAPPING_START_EVENT && r->s->keys[key].type == PLM_SETTING_PAIRS)
        return read_pairs(r, key);
    if (at_braces(r) && r->s->keys[key].type != PLM_SETTING_COUNT) {
        yaml_mark_t mark = r->event.start_mark;
        const char *text = NULL;
        PLM_TRY(read_braces(r, &mark, &text));
        return add(r, key, text, mark);
    }
    PLM_TRY(expect_text(r, "a value must be a text or a list"));
    return add(r, key, (const char *)r->event.data.scalar.value, r->event.start_mark);
}

/* Finds the key of a pair. E_SPEC for an unknown key, and for a key that the file has twice. */
static plm_status read_key(reader *r, int *key)
{
    char where[PLM_WHERE_CAPACITY], hint[80];
    place_of(r, r->event.start_mark, where);
    const char *name = (const char *)r->event.data.scalar.value;
    PLM_TRY(plm_setting_find(r->s, name, where, key));
    if (!r->s->at[*key].given)
        return PLM_OK;
    snprintf(hint, sizeof hint, "remove one of the two; the first is in line %d",
             r->s->at[*key].line);
    return plm_fail(r->s->w, PLM_E_SPEC, where, hint, "the run file has the key '%s' twice", name);
}

/* Reads a key and its value. The place of the key is kept for later errors. `given` is set before
 * the value is read, so that an error in the value names the place of the key. */
static plm_status read_pair(reader *r)
{
    int key = -1;
    PLM_TRY(expect_text(r, "a key must be a name"));
    const yaml_mark_t mark = r->event.start_mark;
    PLM_TRY(read_key(r, &key));
    PLM_TRY(next(r));
    r->s->at[key].given = true;
    const plm_status status = read_value(r, key);
    r->s->at[key].line = (int)mark.line + 1;
    r->s->at[key].column = (int)mark.column + 1;
    return status;
}

/* Reads the mapping of a run file, pair by pair. */
static plm_status read_mapping(reader *r)
{
    if (r->event.type == YAML_SCALAR_EVENT && is_assignment(r, r->event.start_mark))
        return fail_assignment(r, r->event.start_mark);
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return fail_here(r,
                         "`plummet help train` shows a run file; a table needs the ending of its "
                         "kind in its name, such as .csv",
                         "a run file consists of 'key: value' lines");
    plm_status status =
        refuse_marks(r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag);
    while (status >= 0 && (status = next(r)) >= 0 && r->event.type != YAML_MAPPING_END_EVENT)
        status = read_pair(r);
    return status;
}

/* Reads the whole stream: one document with one mapping. libyaml wraps a document in four events:
 * beginning of the stream and of the document, and their ends. */
static plm_status read_document(reader *r)
{
    PLM_TRY(next(r)); /* stream start */
    PLM_TRY(next(r));
    if (r->event.type == YAML_STREAM_END_EVENT)
        return fail_here(r, "`plummet help train` shows a run file", "the run file is empty");
    PLM_TRY(next(r));
    PLM_TRY(read_mapping(r));
    PLM_TRY(next(r)); /* document end */
    PLM_TRY(next(r));
    if (r->event.type != YAML_STREAM_END_EVENT)
        return fail_here(r, "write each run into its own file",
                         "the run file has a second YAML document");
    return PLM_OK;
}

/* Reads the text once. *list: where the list in brackets begins in which YAML found a fault;
 * SIZE_MAX = none. */
static plm_status read_once(plm_settings *s, const char *text, size_t length, size_t *list)
{
    reader r = {.s = s, .text = text, .length = length, .list = SIZE_MAX};
    if (!yaml_parser_initialize(&r.parser))
        return plm_fail_memory(s->w, s->file);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    const plm_status status = read_document(&r);
    *list = r.parser.error == YAML_PARSER_ERROR ? r.list : SIZE_MAX;
    if (r.held)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return status;
}

/* Reads a run file from text [length], after which is a NUL, into the settings s. The errors name
 * s->file. Settings that were read before an error are kept; the caller frees them. A list such as
 * [Dense(10, 'softmax')] is no YAML, since something follows the quoted text; the file is then read
 * again with this list in quotes, as one text, which plm_setting_add splits. */
plm_status plm_yaml_read(plm_settings *s, const char *text, size_t length)
{
    size_t list = SIZE_MAX;
    plm_status status = read_once(s, text, length, &list);
    if (status != PLM_E_SPEC || list == SIZE_MAX)
        return status;
    plm_text quoted = {.w = s->w};
    const bool closed = plm_yaml_quote_list(text, length, list, &quoted);
    if (closed && !quoted.failed) {
        memset(s->at, 0, (size_t)s->count * sizeof *s->at);
        status = plm_yaml_read(s, plm_text_get(&quoted), quoted.length);
    }
    status = quoted.failed ? PLM_E_MEMORY : status;
    plm_text_free(&quoted);
    return status;
}

#else

/* Fails: without libyaml no run file can be read. The library itself needs no run files. */
plm_status plm_yaml_read(plm_settings *s, const char *text, size_t length)
{
    (void)text;
    (void)length;
    return plm_fail(s->w, PLM_E_UNSUPPORTED, s->file,
                    "build it again where libyaml is found (Debian: libyaml-dev)",
                    "this plummet was built without libyaml, so it cannot read run files");
}

#endif
