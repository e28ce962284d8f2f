/* Errors, memory and checked sizes, which every file uses. plm_open and plm_close are in
 * plummet.c, which knows the kinds and the kernels; this file knows neither. */
#include "base/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "base/system.h"
#include "base/text.h"

/* Bytes: blocks of memory begin at multiples of a cache line. */
enum { ALIGNMENT = 64 };

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

/* Sets the last error. where and hint may point into w's own buffers, when an error is recorded
 * again, so they are copied before the buffers are written. fresh: what went wrong, never in w's
 * buffers. */
static void record(plm *w, plm_status status, const char *where, const char *hint,
                   const char *fresh)
{
    char place[PLM_WHERE_CAPACITY], advice[PLM_HINT_CAPACITY];
    copy_text(place, sizeof(place), where ? where : "");
    copy_text(advice, sizeof(advice), hint ? hint : "");
    copy_text(w->what, sizeof(w->what), fresh);
    memcpy(w->where, place, sizeof(place));
    memcpy(w->hint, advice, sizeof(advice));
    w->error = (plm_error){.status = status, .what = w->what, .where = w->where, .hint = w->hint};
}

/* Formats what went wrong before it records the error, as the arguments may point into the record
 * of the last one. */
plm_status plm_fail(plm *w, plm_status status, const char *where, const char *hint,
                    const char *what, ...)
{
    if (!w)
        return status;
    if (w->fault < 0) /* plm_open failed: every later call returns its error */
        return w->fault;
    char fresh[PLM_WHAT_CAPACITY + 4] = "";
    va_list list;
    va_start(list, what);
    plm_text_print(fresh, sizeof(fresh), what, list);
    va_end(list);
    w->errors++;
    record(w, status, where, hint, fresh);
    return status;
}

/* Returns the error of the runtime or, without a runtime, an error that says so. */
const plm_error *plm_last_error(const plm *w)
{
    static const plm_error none = {
        .status = PLM_E_ORDER,
        .what = "there is no runtime",
        .where = "plm_last_error",
        .hint = "open one with plm_open; it returns NULL if there is no memory"};
    return w ? &w->error : &none;
}

/* Copies the texts, as the next error overwrites those of the runtime. */
void plm_error_take(const plm *w, plm_error_record *out)
{
    const plm_error *e = plm_last_error(w);
    *out = (plm_error_record){.status = e->status};
    copy_text(out->what, sizeof out->what, e->what);
    copy_text(out->where, sizeof out->where, e->where);
    copy_text(out->hint, sizeof out->hint, e->hint);
}

/* So that a fault while cleaning up does not hide the first one. */
void plm_error_restore(plm *w, const plm_error_record *e)
{
    record(w, e->status, e->where, e->hint, e->what);
}

/* Accepts the statuses that are allowed and records an error for others. A callback may return the
 * error of a call that it made: its details are then recorded already. */
plm_status plm_callback_status(plm *w, uint64_t errors, plm_status status, bool stops,
                               const char *name)
{
    /* statuses that need no message */
    if (status == PLM_OK || (stops && status == PLM_STOPPED))
        return status;
    if (status > 0)
        return plm_fail(w, PLM_E_SPEC, name,
                        stops ? "return PLM_OK, PLM_STOPPED or an error (below 0)"
                              : "return PLM_OK or an error (below 0)",
                        "it returned %d, which is not a valid status", (int)status);
    if (w->errors != errors && w->error.status == status)
        return status; /* a call of the library in the callback has recorded the details */
    return plm_fail(w, status, name, "look for the cause in your function", "it returned %d",
                    (int)status);
}

/* Models and streams keep their runtime alive, whatever order a program frees them in. */
void plm_runtime_join(plm *w)
{
    w->users++;
}

/* The last user closes it. plm_close is a leave, too. */
void plm_runtime_leave(plm *w)
{
    if (--w->users == 0)
        w->close(w);
}

/* Copies the members that both versions have. The others are zero in ours, and must be zero in the
 * caller's. */
plm_status plm_take_options(plm *w, const char *caller, const void *given, size_t size, void *out,
                            size_t known)
{
    memset(out, 0, known);
    if (!given)
        return PLM_OK;
    memcpy(out, given, size > 0 && size < known ? size : known);
    for (size_t i = known; i < size; i++)
        if (((const unsigned char *)given)[i])
            return plm_fail(
                w, PLM_E_UNSUPPORTED, caller, "use the header that came with this library",
                "the options hold settings that this version of the library does not know");
    return PLM_OK;
}

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

/* Goes to the caller's log function with level 1; without one it is dropped. */
void plm_warn(const plm *w, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    log_line(w, 1, what, list);
    va_end(list);
}

/* For texts whose lines are a table: they are passed on as they are. */
void plm_warn_lines(const plm *w, const char *text)
{
    if (w->options.log != NULL)
        w->options.log(w->options.user, 1, text);
}

/* Level 0: something that is good to know. */
void plm_note(const plm *w, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    log_line(w, 0, what, list);
    va_end(list);
}

/* Builds the longer text in a buffer of its own, then cuts it to the capacity of `where`. */
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

/* Returns memory from the program's allocator if it has one, else from the system. NULL = no
 * memory. */
static void *take(plm *w, size_t bytes)
{
    if (w && w->options.allocate)
        return w->options.allocate(w->options.user, NULL, bytes, ALIGNMENT);
    return plm_system_block(bytes, ALIGNMENT);
}

/* Returns a block of at least `bytes` bytes and sets *whole to its size, a multiple of ALIGNMENT.
 * NULL = no memory, with the error recorded. */
static void *allocate(plm *w, size_t bytes, size_t *whole)
{
    size_t rounded = 0;
    void *block = NULL;
    if (plm_checked_add(bytes ? bytes : 1, ALIGNMENT - 1, &rounded)) {
        rounded -= rounded % ALIGNMENT;
        block = take(w, rounded);
    }
    if (!block) {
        (void)plm_fail(w, PLM_E_MEMORY, "",
                       "free memory, or use a smaller model, batch or data set",
                       "out of memory: %zu bytes were asked for", bytes);
        return NULL;
    }
    *whole = rounded;
    return block;
}

/* Sets the whole block to 0, also the bytes that round its size up. */
void *plm_allocate(plm *w, size_t bytes)
{
    size_t whole = 0;
    void *block = allocate(w, bytes, &whole);
    if (block)
        memset(block, 0, whole);
    return block;
}

/* For memory that is written before it is read; setting it to 0 would cost a pass over it. */
void *plm_allocate_unset(plm *w, size_t bytes)
{
    size_t whole = 0;
    return allocate(w, bytes, &whole);
}

/* Multiplies with a check; the error of an overflow gives both factors. */
void *plm_allocate_array(plm *w, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!plm_checked_multiply(count, size, &bytes)) {
        (void)plm_fail(w, PLM_E_MEMORY, "", "use a smaller model, batch or data set",
                       "out of memory: %zu times %zu bytes are more than an address can reach",
                       count, size);
        return NULL;
    }
    return plm_allocate(w, bytes);
}

/* Gives a block back to where `take` got it from. */
void plm_release(plm *w, void *block)
{
    if (!block)
        return;
    if (w && w->options.allocate)
        (void)w->options.allocate(w->options.user, block, 0, ALIGNMENT);
    else
        free(block);
}

/* The last byte is the NUL, since the memory is zeroed. */
char *plm_duplicate(plm *w, const char *text)
{
    const size_t length = strlen(text);
    char *copy = plm_allocate(w, length + 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

/* False = the product does not fit; *out then stays as it is. */
bool plm_checked_multiply(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *out = a * b;
    return true;
}

/* False = the sum does not fit; *out then stays as it is. */
bool plm_checked_add(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b)
        return false;
    *out = a + b;
    return true;
}

/* Multiplies the dims with a check. Behind a dim of 0 the product stays 0. */
bool plm_checked_product(int rank, const int64_t *dims, int64_t *out)
{
    int64_t product = 1;
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0 || (dims[i] != 0 && product > INT64_MAX / dims[i]))
            return false;
        product *= dims[i];
    }
    *out = product;
    return true;
}
