/* The colours of pictures, light and dark. */
#include "draw/canvas.h"

#include <stddef.h>

/* Number of colours of lines. */
enum { COLOURS = 7 };

static const plm_theme light = {.ground = "#ffffff",
                                .ink = "#333333",
                                .grid = "#d9d9d9",
                                .shade = "#e3f1ea",
                                .warning = "#f8eadf"},
                       dark = {.ground = "#16181d",
                               .ink = "#d7dae0",
                               .grid = "#33373f",
                               .shade = "#1f3a32",
                               .warning = "#3b2b22"},
                       both = {.ground = "#ffffff#16181d",
                               .ink = "#333333#d7dae0",
                               .grid = "#d9d9d9#33373f",
                               .shade = "#e3f1ea#1f3a32",
                               .warning = "#f8eadf#3b2b22",
                               .follows = true},
                       of_page = {.ground = "var(--ground)",
                                  .ink = "var(--ink)",
                                  .grid = "var(--grid)",
                                  .shade = "var(--shade)",
                                  .warning = "var(--warning)",
                                  .of_page = true};

/* Returns the theme of a style: the colours that the HTML page around the picture defines, or those
 * for a dark or a light background. An SVG may have both, so that its viewer chooses. */
const plm_theme *plm_theme_of(plm_picture_style style)
{
    if (style.page)
        return &of_page;
    if (style.dark)
        return &dark;
    return style.form == PLM_PICTURE_SVG ? &both : &light;
}

/* Returns colour number i of a theme for lines and dots; after the last colour, the first follows
 * again. Number i is the same hue in all themes. */
const char *plm_theme_colour(const plm_theme *theme, int i)
{
    static const char *const on_light[COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                  "#e69f00", "#56b4e9", "#000000"};
    static const char *const on_dark[COLOURS] = {"#3d9be0", "#ff8a3d", "#1fc796", "#e09cc4",
                                                 "#f0b429", "#9bd6f7", "#ffffff"};
    static const char *const on_page[COLOURS] = {"var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)",
                                                 "var(--c4)", "var(--c5)", "var(--c6)"};
    static const char *const on_both[COLOURS] = {
        "#0072b2#3d9be0", "#d55e00#ff8a3d", "#009e73#1fc796", "#cc79a7#e09cc4",
        "#e69f00#f0b429", "#56b4e9#9bd6f7", "#000000#ffffff"};
    if (theme == &of_page)
        return on_page[i % COLOURS];
    if (theme == &both)
        return on_both[i % COLOURS];
    return (theme == &dark ? on_dark : on_light)[i % COLOURS];
}

/* Opens a canvas that writes PNG or SVG, depending on the style. The code that draws on the canvas
 * does not depend on the format. */
plm_draw_status plm_canvas_open(plm_canvas *c, FILE *f, plm_picture_style style, int width,
                                int height)
{
    const plm_theme *theme = plm_theme_of(style);
    return style.form == PLM_PICTURE_PNG ? plm_canvas_png(c, f, theme, width, height)
                                         : plm_canvas_svg(c, f, theme, width, height);
}
