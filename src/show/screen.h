/* Describes the width and the colours of a stream, and makes text that fits it. Nothing here writes
 * to a stream. The caller, who has the stream, sets its width and whether it has colours. */
#ifndef PLM_SHOW_SCREEN_H
#define PLM_SHOW_SCREEN_H

#include "base/text.h"

/* What a stream can show. */
typedef struct {
    int width;  /* columns; 80 if nothing is known */
    int height; /* lines; 24 if nothing is known */
    /* false = a file or a pipe: lines are not broken, so that they can be searched */
    bool terminal;
    bool redraw; /* lines may be overwritten */
    bool colour;
} plm_screen;

/* Styles of text. */
typedef enum { PLM_PLAIN, PLM_BOLD, PLM_FAINT, PLM_RED, PLM_GREEN, PLM_YELLOW, PLM_CYAN } plm_paint;

/* Returns the width of a page of text: 79 columns, or less on a narrower terminal. */
int plm_screen_page(plm_screen s);
/* Returns the width that tables must fit: the width of a page, or 0 = no limit, in a file or a
 * pipe. */
int plm_screen_room(plm_screen s);
/* Returns the escape sequence that begins a style; PLM_PLAIN ends all styles. "" if the screen has
 * no colour. */
const char *plm_paint_begin(plm_screen s, plm_paint paint);
/* Appends a formatted text in a style. */
void plm_text_paint(plm_text *t, plm_screen s, plm_paint paint, const char *format, ...)
    PLM_PRINTF(4, 5);
/* Appends a text and a newline, broken into lines at the width of a terminal; in a file or a pipe
 * it stays one line. begin, indent: as for plm_text_wrap. */
void plm_text_fold(plm_text *t, plm_screen s, int begin, int indent, const char *text);

/* ---- text that comes from files: names, cells, paths; control characters are escaped ---- */

/* Appends at most `most` characters of a text, with control characters escaped. */
void plm_text_add_letters(plm_text *t, const char *text, int most);
/* Returns how many characters plm_text_add_printable appends for a text, at most 4095. */
int plm_shown_letters(const char *text);

#endif
