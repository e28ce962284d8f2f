/* Where and how the command writes: width and colour of a terminal, wrapped text, JSON lines. */
#ifndef PLM_CLI_OUTPUT_H
#define PLM_CLI_OUTPUT_H

#include "cli.h"

/* What a stream can show. */
typedef struct {
    bool terminal; /* a person may look at it */
    bool redraw;   /* lines may be overwritten: a terminal that is not dumb */
    bool colour;   /* the same, and NO_COLOR is not set */
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

plm_cli_screen plm_cli_screen_of(FILE *f);
/* Columns of the terminal behind f, not more than COLUMNS where that is set; 80 when neither is
 * known. */
int plm_cli_width(FILE *f);
/* Columns for a page of text: 79, less on a narrower terminal. */
int plm_cli_page(FILE *f);
/* The sequence that begins (or, for PLM_PLAIN, ends) a colour; "" without colour. */
const char *plm_cli_paint_begin(plm_cli_screen screen, plm_cli_paint paint);
/* Prints a text of ours, or one that plm_cli_printable made, broken at blanks to width columns; the
 * first line begins at column `begin`, which is where the caller stands, the others are indented by
 * `indent`. Newlines in text are kept. Ends with a newline. */
void plm_cli_wrap(FILE *f, int begin, int indent, int width, const char *text);
/* plm_cli_wrap at the width of the terminal behind f; elsewhere nothing is broken, since whoever
 * searches wants whole lines. */
void plm_cli_fold(FILE *f, int begin, int indent, const char *text);

/* ---- text of strangers: names, cells, paths (plm_printable of the library) ---- */

/* A copy that is fit for a terminal; to be freed. */
char *plm_cli_printable(const char *text);
/* Prints it. */
void plm_cli_put(FILE *f, const char *text);
/* Prints at most so many letters of it. */
void plm_cli_put_letters(FILE *f, const char *text, int most);
/* How many letters it has when it is printed. */
int plm_cli_letters(const char *text);

/* One JSON object on one line. */
typedef struct {
    FILE *f;
    bool more; /* a comma is due */
} plm_cli_json;

plm_cli_json plm_cli_json_begin(FILE *f);
/* NaN and infinities become null. */
void plm_cli_json_number(plm_cli_json *j, const char *key, double value);
void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value);
void plm_cli_json_reals(plm_cli_json *j, const char *key, int count, const double *value);
void plm_cli_json_end(plm_cli_json *j);

#endif
