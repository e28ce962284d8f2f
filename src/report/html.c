/* Pieces of HTML, see html.h. Texts come from files of users: names of columns, cells, settings.
 * All of them pass plm_html_text, so that no text can become markup. The numbers behind a picture
 * are a link with a data URL, since the page may not load any other file. */
#include "report/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/letters.h"

/* Escapes a text. Both kinds of quotes are escaped, too, so that the text may be the value of an
 * attribute. */
void plm_html_escape(FILE *f, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '<'    ? "&lt;"
                             : *text == '>'  ? "&gt;"
                             : *text == '&'  ? "&amp;"
                             : *text == '"'  ? "&quot;"
                             : *text == '\'' ? "&#39;"
                                             : NULL;
        if (entity)
            fputs(entity, f);
        else
            fputc(*text, f);
    }
}

/* Escapes a text in two steps: control characters first, as for a terminal, then the special
 * characters of HTML. It handles one character at a time, so it needs no memory for a long text and
 * cannot fail. */
void plm_html_text(FILE *f, const char *text)
{
    char one[5], shown[16]; /* a UTF-8 character has at most 4 bytes, its escape at most 10 */
    for (size_t left = text ? strlen(text) : 0; left > 0;) {
        const size_t letter = plm_utf8_letter(text, left, NULL), n = letter > 0 ? letter : 1;
        memcpy(one, text, n);
        one[n] = '\0';
        (void)plm_printable(one, shown, sizeof shown);
        plm_html_escape(f, shown);
        text += n;
        left -= n;
    }
}

/* A value that is not known is a dash. */
void plm_html_figure(FILE *f, double value)
{
    char text[32];
    if (isnan(value)) {
        fputs("&ndash;", f);
        return;
    }
    plm_figure_print(value, text);
    fputs(text, f);
}

/* Writes an interval. The ends have as many decimals as the value itself, since more would suggest
 * a precision that the value does not have. */
void plm_html_interval(FILE *f, const plm_interval *is)
{
    if (isnan(is->low) || isnan(is->high))
        return;
    const int decimals = plm_figure_decimals(is->value);
    fprintf(f, "<span class=\"soft\">%.*f&thinsp;&ndash;&thinsp;%.*f</span>", decimals, is->low,
            decimals, is->high);
}

/* Begins a section. Links in the navigation of the page refer to its id. */
void plm_html_section(FILE *f, const char *id, const char *heading)
{
    fprintf(f, "<section id=\"%s\">\n<h2>", id);
    plm_html_text(f, heading);
    fputs("</h2>\n", f);
}

/* Closes what plm_html_section has opened. */
void plm_html_section_end(FILE *f)
{
    fputs("</section>\n", f);
}

/* Writes a link whose URL contains the CSV text. All characters but letters, digits and a few
 * others are written as %XX, so that the link is valid whatever the names of columns contain. */
void plm_html_csv(FILE *f, const char *file, plm_text *csv)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-_";
    fputs("<a class=\"csv\" download=\"", f);
    plm_html_text(f, file);
    fputs("\" href=\"data:text/csv;charset=utf-8,", f);
    for (const char *c = plm_text_get(csv); *c; c++)
        fprintf(f, strchr(plain, *c) ? "%c" : "%%%02X", (unsigned char)*c);
    fputs("\">numbers as CSV</a>\n", f);
    plm_text_free(csv);
}

/* Begins a figure with its caption. */
static void figure(FILE *f, const char *caption)
{
    fputs("<figure>\n<figcaption>", f);
    plm_html_text(f, caption);
    fputs("</figcaption>\n", f);
}

/* Ends the figure of a picture. status: whether drawing it succeeded; without a value to draw, the
 * figure says so. */
static plm_status figure_end(plm *w, FILE *f, plm_draw_status status)
{
    fputs(status == PLM_DRAW_EMPTY ? "<p class=\"soft\">no finite value to draw</p></figure>\n"
                                   : "</figure>\n",
          f);
    return status == PLM_DRAW_MEMORY ? plm_fail_memory(w, "report") : PLM_OK;
}

/* Writes a chart. Its SVG takes the colours from the style sheet of the page, so it follows the
 * light and the dark theme. */
plm_status plm_html_chart(plm *w, FILE *f, const plm_chart *c, const char *caption)
{
    const plm_picture_style style = {
        .form = PLM_PICTURE_SVG, .page = true, .width = 480, .height = 300};
    figure(f, caption);
    return figure_end(w, f, plm_chart_picture(f, c, 1, 1, style));
}

/* Writes a heat map, as large as the number of its cells requires. */
plm_status plm_html_heat(plm *w, FILE *f, const plm_heat *h, const char *caption)
{
    const plm_picture_style style = {.form = PLM_PICTURE_SVG, .page = true};
    figure(f, caption);
    return figure_end(w, f, plm_heat_picture(f, h, style));
}
