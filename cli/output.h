/* Where and how the command writes: width and colour of a terminal, wrapped text, JSON lines. */
#ifndef PLM_CLI_OUTPUT_H
#define PLM_CLI_OUTPUT_H

#include "cli.h"

/* What a stream can show. */
typedef struct {
    bool terminal; /* the stream is a terminal */
    bool redraw;   /* lines may be overwritten: it is a terminal and not a dumb one */
    bool colour;   /* redraw, and NO_COLOR is not set */
} plm_cli_screen;

typedef enum {
    PLM_PLAIN,
    PLM_BOLD,
    PLM_FAINT,
    PLM_RED,
    PLM_GREEN,
    PLM_YELLOW,
    PLM_CYAN
} plm_cli_paint;

/* Finds what a stream can show. */
plm_cli_screen plm_cli_screen_of(FILE *f);
/* Returns the width of the terminal behind f or COLUMNS, whichever is smaller, as far as they are
 * known. If neither is known, 80. */
int plm_cli_width(FILE *f);
/* Returns the number of lines of the terminal behind f; if it is unknown, 24. */
int plm_cli_height(FILE *f);
/* Returns the width of a page of text: 79 columns, or less on a narrower terminal. */
int plm_cli_page(FILE *f);
/* Returns the width that tables on standard output must fit: that of a page; 0 = any, in a file or
 * a pipe. */
int plm_cli_room(void);
/* Returns the escape sequence that begins a style; PLM_PLAIN ends all styles. "" if the screen has
 * no colour. */
const char *plm_cli_paint_begin(plm_cli_screen screen, plm_cli_paint paint);
/* Prints a text, broken at blanks into lines of `width` columns, and a newline. begin: the column
 * where the cursor already is. indent: of all lines but the first. Newlines in the text are kept.
 * The text must be fit for a terminal: see plm_cli_printable. */
void plm_cli_wrap(FILE *f, int begin, int indent, int width, const char *text);
/* As plm_cli_wrap, at the width of the terminal behind f. In a file or a pipe, lines are not
 * broken, so that they can be searched as a whole. */
void plm_cli_fold(FILE *f, int begin, int indent, const char *text);

/* ---- text that others wrote: names, cells, paths ---- */

/* Returns a copy that is fit for a terminal, to be freed. */
char *plm_cli_printable(const char *text);
/* Prints a text so that it is fit for a terminal. */
void plm_cli_put(FILE *f, const char *text);
/* As plm_cli_put, but at most `most` letters. */
void plm_cli_put_letters(FILE *f, const char *text, int most);
/* Returns how many letters plm_cli_put prints for a text. */
int plm_cli_letters(const char *text);

/* A JSON object that is printed on one line when it ends. (json.c) */
typedef struct {
    FILE *f;
    plm_text line; /* the object so far */
    bool more;     /* the object has a member, so a comma comes before the next */
} plm_cli_json;

plm_cli_json plm_cli_json_begin(FILE *f);
/* Prints a member with a number. NaN and infinities become null. */
void plm_cli_json_number(plm_cli_json *j, const char *key, double value);
void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value);
void plm_cli_json_reals(plm_cli_json *j, const char *key, int count, const double *value);
void plm_cli_json_end(plm_cli_json *j);
/* Prints a text to stdout as it is, and frees it. */
void plm_cli_print(plm_text *text);

#endif
