/* Makes text for a stream with a known width and known colours, see screen.h. */
#include "show/screen.h"

#include "base/letters.h"
#include "base/names.h"

/* Returns the width of a page. The last column of a terminal is not used: on some terminals a
 * character there would wrap the line. */
int plm_screen_page(plm_screen s)
{
    enum { PAGE = 79, LEAST = 20 };
    const int width = s.terminal ? s.width - 1 : PAGE;
    return width > PAGE ? PAGE : width < LEAST ? LEAST : width;
}

/* Returns the width that tables must fit. In files and pipes there is no limit, so that no column
 * is lost. */
int plm_screen_room(plm_screen s)
{
    return s.terminal ? plm_screen_page(s) : 0;
}

/* Returns the escape sequence of a style. The sequences are those of ECMA-48 (SGR), which all
 * terminals with colours understand. */
const char *plm_paint_begin(plm_screen s, plm_paint paint)
{
    static const char *const sequence[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                           "\033[32m", "\033[33m", "\033[36m"};
    return s.colour ? sequence[paint] : "";
}

/* Plain text gets no sequences at all. */
void plm_text_paint(plm_text *t, plm_screen s, plm_paint paint, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    plm_text_add(t, paint == PLM_PLAIN ? "" : plm_paint_begin(s, paint));
    plm_text_format_list(t, format, list);
    plm_text_add(t, paint == PLM_PLAIN ? "" : plm_paint_begin(s, PLM_PLAIN));
    va_end(list);
}

/* Appends a wrapped text. plm_text_wrap needs a width; for a file or a pipe it is larger than any
 * line. */
void plm_text_fold(plm_text *t, plm_screen s, int begin, int indent, const char *text)
{
    plm_text_wrap(t, begin, indent, s.terminal ? s.width : INT32_MAX / 2, text);
}

/* Appends the first characters of a text. Control characters are escaped first, since each becomes
 * several visible characters; then whole UTF-8 characters are taken from the beginning. */
void plm_text_add_letters(plm_text *t, const char *text, int most)
{
    plm_text shown = {.w = t->w};
    plm_text_add_printable(&shown, text);
    const char *all = plm_text_get(&shown);
    size_t length = 0;
    for (int count = 0; count < most && length < shown.length; count++) {
        const size_t bytes = plm_utf8_letter(all + length, shown.length - length, NULL);
        length += bytes > 0 ? bytes : 1;
    }
    plm_text_append(t, all, length);
    plm_text_done(t, &shown);
}

/* Counts characters, not bytes, as columns of a terminal are counted. Wide characters, such as
 * Chinese ones, count as one. */
int plm_shown_letters(const char *text)
{
    char shown[4096]; /* no screen is wider; a fixed size, so that the width of a column does not
                       * depend on free memory */
    (void)plm_printable(text, shown, sizeof shown);
    return plm_utf8_letters(shown);
}
