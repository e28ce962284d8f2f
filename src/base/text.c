/* A growing text. Its memory comes from the runtime; data ends with a NUL, which length does not
 * count.
 *
 * A lack of memory is remembered (failed), and all later calls do nothing. So a caller may append
 * as often as it likes, and checks once at the end. */
#include "base/text.h"

#include <string.h>

#include "base/notation.h"

/* Makes sure that `more` bytes and a NUL can be appended. Returns false if memory is or was
 * missing. */
static bool reserve(plm_text *t, size_t more)
{
    if (t->failed)
        return false;
    size_t need = 0;
    if (plm_checked_add(t->length + 1, more, &need) && need <= t->capacity)
        return true;
    /* double the capacity, so that many small appends take linear time */
    size_t capacity = t->capacity ? t->capacity : 256;
    while (need && capacity < need && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *data = need && capacity >= need ? plm_allocate(t->w, capacity) : NULL;
    if (!data) {
        t->failed = true;
        return false;
    }
    if (t->data)
        memcpy(data, t->data, t->length);
    plm_release(t->w, t->data);
    t->data = data;
    t->capacity = capacity;
    return true;
}

/* Appends `length` bytes and a NUL. s must not point into the text itself, whose memory may
 * move. */
void plm_text_append(plm_text *t, const char *s, size_t length)
{
    if (!reserve(t, length))
        return;
    if (length > 0)
        memcpy(t->data + t->length, s, length);
    t->length += length;
    t->data[t->length] = '\0';
}

/* Appends a text. */
void plm_text_add(plm_text *t, const char *s)
{
    plm_text_append(t, s, strlen(s));
}

/* Appends s, made safe for a terminal. plm_printable measures the result, and writes it in a second
 * call. */
void plm_text_add_printable(plm_text *t, const char *s)
{
    const size_t length = plm_printable(s, NULL, 0);
    if (!reserve(t, length))
        return;
    plm_printable(s, t->data + t->length, length + 1);
    t->length += length;
}

/* Appends lines, each made safe for a terminal. Each line is copied first, since plm_printable
 * reads up to a NUL. */
void plm_text_add_lines(plm_text *t, const char *s, int indent)
{
    plm_text line = {.w = t->w};
    for (const char *end = s; *s; s = end) {
        end = s + strcspn(s, "\n");
        line.length = 0;
        plm_text_append(&line, s, (size_t)(end - s));
        plm_text_add_blanks(t, indent);
        plm_text_add_printable(t, plm_text_get(&line));
        if (*end)
            plm_text_append(t, end++, 1);
    }
    plm_text_done(t, &line);
}

/* Appends n blanks; none if n <= 0. A narrow page may give a negative n. */
void plm_text_add_blanks(plm_text *t, int n)
{
    for (; n > 0; n--)
        plm_text_append(t, " ", 1);
}

/* Appends s as a cell of a CSV file. plm_csv_cell measures the cell, and writes it in a second
 * call. */
void plm_text_add_cell(plm_text *t, const char *s, const char *separator)
{
    const size_t length = plm_csv_cell(s, separator, NULL, 0);
    if (!reserve(t, length))
        return;
    plm_csv_cell(s, separator, t->data + t->length, length + 1);
    t->length += length;
}

/* Appends a formatted text. The text is measured by printing into nothing, then printed into the
 * free memory. */
void plm_text_format_list(plm_text *t, const char *format, va_list list)
{
    /* the argument list is read twice: once to measure the text, once to print it */
    va_list again;
    va_copy(again, list);
    const int length = plm_text_print(NULL, 0, format, list);
    if (length < 0)
        t->failed = true;
    else if (reserve(t, (size_t)length)) {
        plm_text_print(t->data + t->length, (size_t)length + 1, format, again);
        t->length += (size_t)length;
    }
    va_end(again);
}

/* Appends a text that is formatted as by printf. */
void plm_text_format(plm_text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    plm_text_format_list(t, format, list);
    va_end(list);
}

/* Returns the text, "" if empty. A text to which nothing was added has no memory yet. */
const char *plm_text_get(const plm_text *t)
{
    return t->data ? t->data : "";
}

/* Frees the memory of a text, which is then empty and can be used again. */
void plm_text_free(plm_text *t)
{
    plm_release(t->w, t->data);
    *t = (plm_text){.w = t->w};
}

/* Memory may have run out for `part`: then t is incomplete, so it is marked as failed, too. */
void plm_text_done(plm_text *t, plm_text *part)
{
    t->failed = t->failed || part->failed;
    plm_text_free(part);
}
