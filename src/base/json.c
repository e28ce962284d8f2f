/* The border to jansson. jansson 2.14 must not run out of memory while it parses: its lexer
 * ignores that a buffer could not grow, loses letters of a string without a word and, when the
 * lost one is the closing quote, reads and writes past its blocks. So the room a text can take
 * is bounded, and asked of the runtime before jansson sees the text. */
#include "base/json.h"

/* Bytes jansson takes for an object, a list, a pair and an element, heads of blocks and growth
 * included (on 64-bit machines); and how often a text is held: in the buffer while it grows, as
 * copy, as string. */
enum { OBJECT = 256, LIST = 144, PAIR = 192, ELEMENT = 96, TEXTS = 4, MOST = 256 << 20 };

/* The room for the parts of a text, without its strings. Up to a fault it sees the same quotes
 * as jansson. */
static size_t room_of_parts(const char *text, size_t length)
{
    size_t room = OBJECT;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        room += c == '{' ? OBJECT : c == '[' ? LIST : c == ':' ? PAIR : c == ',' ? ELEMENT : 0;
    }
    return room;
}

/* Is there memory for the text's tree? Taken and given back at once. */
static plm_status ask_for_room(plm *w, const char *where, const char *part, const char *text,
                               size_t length)
{
    const size_t parts = room_of_parts(text, length);
    size_t all = 0;
    if (parts > MOST)
        return plm_fail(w, PLM_E_UNSUPPORTED, where,
                        "use fewer tensors, in several files if need be",
                        "%s: its parts would take more than 256 MiB of memory", part);
    if (!plm_checked_multiply(length, TEXTS, &all) || !plm_checked_add(all, parts, &all))
        return plm_fail_memory(w, where);
    void *room = plm_allocate(w, all);
    plm_release(w, room);
    return room != NULL ? PLM_OK : PLM_E_MEMORY;
}

plm_status plm_json_parse(plm *w, const char *where, const char *part, const char *text,
                          size_t length, json_t **out)
{
    json_error_t error = {0};
    *out = NULL;
    PLM_TRY(ask_for_room(w, where, part, text, length));
    *out = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out != NULL)
        return PLM_OK;
    /* it seldom says so */
    if (json_error_code(&error) == json_error_out_of_memory || error.text[0] == '\0')
        return plm_fail_memory(w, where);
    return plm_fail(w, PLM_E_FORMAT, where,
                    "the file is damaged or was made by a faulty writer: get it again",
                    "%s, byte %d: %s", part, error.position, error.text);
}

void plm_json_free(char *text)
{
    json_malloc_t take = NULL;
    json_free_t give = NULL;
    json_get_alloc_funcs(&take, &give);
    if (text != NULL && give != NULL)
        give(text);
}
