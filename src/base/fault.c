/* Errors and warnings. A runtime keeps its last error, with texts and place; warnings go to the log
 * function of the program.
 *
 * Errors are texts and data. The texts are for people: what is wrong, where, and a hint. The data,
 * such as the key or the layer, is for callers that add what they know: each caller puts its own
 * place before the message, and no caller parses the text of another. All texts are in buffers of
 * the runtime, so that an error needs no memory, which may just have run out. */
#include <string.h>

#include "base/notation.h"
#include "base/runtime.h"
#include "base/text.h"

/* Copies text into out and makes it safe for a terminal. A text that does not fit ends in "...".
 * capacity is at most PLM_WHAT_CAPACITY; text may be out itself. */
static void copy_text(char *out, size_t capacity, const char *text)
{
    char shown[PLM_WHAT_CAPACITY];
    if (plm_printable(text, shown, capacity) >= capacity) {
        plm_printable(text, shown, capacity - 3);
        memcpy(shown + strlen(shown), "...", 4);
    }
    memcpy(out, shown, strlen(shown) + 1);
}

/* Sets the last error, without a key, file or layer. where and hint may point into w's own buffers
 * when an error is recorded again, so they are copied before the buffers are overwritten. fresh:
 * what went wrong; it never points into w's buffers. */
static void record(plm *w, plm_status status, const char *where, const char *hint,
                   const char *fresh)
{
    char place[PLM_WHERE_CAPACITY], advice[PLM_HINT_CAPACITY];
    copy_text(place, sizeof(place), where ? where : "");
    copy_text(advice, sizeof(advice), hint ? hint : "");
    copy_text(w->what, sizeof(w->what), fresh);
    memcpy(w->where, place, sizeof(place));
    memcpy(w->hint, advice, sizeof(advice));
    w->code[0] = w->key[0] = w->file[0] = '\0';
    plm_error_begin(w);
    w->error.status = status;
}

/* Makes the last error of a new runtime an empty one. Its texts are the buffers of the runtime,
 * which must not move afterwards. */
void plm_error_begin(plm *w)
{
    w->error = (plm_error){.what = w->what,
                           .where = w->where,
                           .hint = w->hint,
                           .code = w->code,
                           .key = w->key,
                           .file = w->file,
                           .item = -1,
                           .layer = -1};
}

/* Formats the text before it records the error, as the arguments may point into the texts of the
 * last error. */
static plm_status fail(plm *w, plm_status status, const char *where, const char *hint,
                       const char *what, va_list list)
{
    char fresh[PLM_WHAT_CAPACITY + 4] = "";
    if (!w)
        return status;
    if (w->fault < 0) /* plm_open failed: every later call returns its error */
        return w->fault;
    plm_text_print(fresh, sizeof(fresh), what, list);
    w->errors++;
    record(w, status, where, hint, fresh);
    return status;
}

/* Formats the message and records it as the last error; the runtime's log is not used. */
plm_status plm_fail(plm *w, plm_status status, const char *where, const char *hint,
                    const char *what, ...)
{
    va_list list;
    va_start(list, what);
    status = fail(w, status, where, hint, what, list);
    va_end(list);
    return status;
}

/* Records the error first, and then the key: in the text `where`, and in the field `key`. */
plm_status plm_fail_key(plm *w, plm_status status, const char *key, const char *hint,
                        const char *what, ...)
{
    va_list list;
    va_start(list, what);
    status = fail(w, status, NULL, hint, what, list);
    va_end(list);
    plm_fail_in_key(w, key);
    return status;
}

/* Copies the place of error e (code, key, file, line, item, layer) to the runtime. e must not point
 * into the runtime's buffers. */
static void record_place(plm *w, const plm_error *e)
{
    copy_text(w->code, sizeof w->code, e->code ? e->code : "");
    copy_text(w->key, sizeof w->key, e->key ? e->key : "");
    copy_text(w->file, sizeof w->file, e->file ? e->file : "");
    w->error.line = e->line;
    w->error.item = e->item;
    w->error.layer = e->layer;
}

/* Copies an error from another runtime, or one that a model has kept. */
plm_status plm_fail_again(plm *w, const plm_error *e, plm_status status)
{
    status = plm_fail(w, status, e->where, e->hint, "%s", e->what);
    if (w && w->fault >= 0)
        record_place(w, e);
    return status;
}

/* Adds the code of a finding, so that a program can look up what explains the error. */
plm_status plm_fail_code(plm *w, const char *code, plm_status status)
{
    if (w && w->fault >= 0)
        copy_text(w->code, sizeof w->code, code);
    return status;
}

/* Returns the error of the runtime or, without a runtime, an error that says that there is none. */
const plm_error *plm_last_error(const plm *w)
{
    static const plm_error none = {
        .status = PLM_E_ORDER,
        .what = "there is no runtime",
        .where = "plm_last_error",
        .hint = "open a runtime by plm_open, which returns NULL if there is no memory",
        .code = "",
        .key = "",
        .file = "",
        .item = -1,
        .layer = -1};
    return w ? &w->error : &none;
}

/* Copies the texts, as the next error overwrites the texts of the runtime. */
void plm_error_take(const plm *w, plm_error_record *out)
{
    const plm_error *e = plm_last_error(w);
    *out = (plm_error_record){
        .status = e->status, .line = e->line, .item = e->item, .layer = e->layer};
    copy_text(out->what, sizeof out->what, e->what);
    copy_text(out->where, sizeof out->where, e->where);
    copy_text(out->hint, sizeof out->hint, e->hint);
    copy_text(out->code, sizeof out->code, e->code);
    copy_text(out->key, sizeof out->key, e->key);
    copy_text(out->file, sizeof out->file, e->file);
}

/* Returns a kept error as a plm_error. Its texts stay in *e, so *e must outlive the result. */
plm_error plm_error_of(const plm_error_record *e)
{
    return (plm_error){.status = e->status,
                       .what = e->what,
                       .where = e->where,
                       .hint = e->hint,
                       .code = e->code,
                       .key = e->key,
                       .file = e->file,
                       .line = e->line,
                       .item = e->item,
                       .layer = e->layer};
}

/* Makes the copy *e the last error again, so that an error while cleaning up does not hide the
 * first one. */
void plm_error_restore(plm *w, const plm_error_record *e)
{
    const plm_error place = plm_error_of(e);
    record(w, e->status, e->where, e->hint, e->what);
    record_place(w, &place);
}

/* Accepts the statuses that are allowed and records an error for others. A callback may return the
 * error of a call that it made: its details are then recorded already. */
plm_status plm_callback_status(plm *w, uint64_t errors, plm_status status, bool stops,
                               const char *name)
{
    /* statuses that need no message */
    if (status == PLM_OK || (stops && status == PLM_STOPPED))
        return status;
    if (status > 0 || status < PLM_E_INTERNAL)
        return plm_fail(w, PLM_E_SPEC, name,
                        stops ? "return PLM_OK, PLM_STOPPED or an error (PLM_E_...)"
                              : "return PLM_OK or an error (PLM_E_...)",
                        "the function returned %d, which is not a valid status", (int)status);
    if (w->errors != errors && w->error.status == status)
        return status; /* the callback called the library, which has recorded the details */
    return plm_fail(w, status, name, "look for the cause in your function", "it returned %d",
                    (int)status);
}

/* Returns E_MEMORY if the last error says so. If another error was recorded later, it hides that
 * memory ran out. */
plm_status plm_memory_since(const plm *w, uint64_t errors)
{
    return w->errors != errors && w->error.status == PLM_E_MEMORY ? PLM_E_MEMORY : PLM_OK;
}

/* Records that memory ran out. Uses only the buffers of the runtime, so it works without free
 * memory. */
plm_status plm_fail_memory(plm *w, const char *where)
{
    return plm_fail(w, PLM_E_MEMORY, where,
                    "free memory, or use a smaller model, batch or data set", "out of memory");
}

/* Formats a line and passes it to the log function of the program, if there is one. level: 0 =
 * note, 1 = warning. */
static void log_line(const plm *w, int level, const char *what, va_list list)
{
    char line[PLM_WHAT_CAPACITY + 4] = "", shown[PLM_WHAT_CAPACITY];
    if (!w->options.log)
        return;
    plm_text_print(line, sizeof line, what, list);
    copy_text(shown, sizeof shown, line);
    w->options.log(w->options.user, level, shown);
}

/* Passes a warning to the program's log function (level 1); without such a function it is
 * dropped. */
void plm_warn(const plm *w, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    log_line(w, 1, what, list);
    va_end(list);
}

/* Passes a warning of several lines to the log function unchanged, for texts whose lines form a
 * table. */
void plm_warn_lines(const plm *w, const char *text)
{
    if (w->options.log != NULL)
        w->options.log(w->options.user, 1, text);
}

/* Passes a note to the program's log function (level 0): something that is good to know. */
void plm_note(const plm *w, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    log_line(w, 0, what, list);
    va_end(list);
}

/* Puts a place before the `where` of the last error: builds the longer text in a buffer of its own,
 * then cuts it to the capacity of `where`. */
void plm_fail_within(plm *w, const char *outer, ...)
{
    if (!w || w->fault < 0)
        return;
    char place[PLM_WHERE_CAPACITY * 2] = "";
    va_list list;
    va_start(list, outer);
    plm_text_print(place, PLM_WHERE_CAPACITY, outer, list);
    va_end(list);
    if (w->where[0]) {
        strncat(place, ": ", sizeof(place) - strlen(place) - 1);
        strncat(place, w->where, sizeof(place) - strlen(place) - 1);
    }
    copy_text(w->where, sizeof(w->where), place);
    w->error.where = w->where;
}

/* Sets the key of the last error, unless a file or a key was recorded before: `key` is then not the
 * place of the error. */
void plm_fail_in_key(plm *w, const char *key)
{
    if (!w || w->fault < 0 || w->key[0] || w->file[0])
        return;
    plm_fail_within(w, "%s", key);
    copy_text(w->key, sizeof w->key, key);
}

/* Adds a layer as the place of the last error. Only the innermost layer is recorded, since callers
 * add places from the inside outwards. */
void plm_fail_in_layer(plm *w, size_t layer, const char *place)
{
    if (!w || w->fault < 0 || w->error.layer >= 0)
        return;
    plm_fail_within(w, "%s", place);
    w->error.layer = (int)layer;
    w->key[0] = '\0'; /* the recorded key is an argument of the layer, and not a key of the run
                       * file */
}

/* Adds a file as the place of the last error. Only the innermost file is recorded. Its line is
 * unknown until plm_fail_line sets it. */
void plm_fail_in_file(plm *w, const char *file)
{
    if (!w || w->fault < 0 || w->file[0])
        return;
    plm_fail_within(w, "%s", file);
    plm_fail_line(w, file, 0);
}

/* Records file and line as data; `where` must have them already. */
void plm_fail_line(plm *w, const char *file, int64_t line)
{
    if (!w || w->fault < 0)
        return;
    copy_text(w->file, sizeof w->file, file);
    w->error.line = line;
    w->key[0] = '\0'; /* the recorded key belongs to this file, and not to the run file */
}
