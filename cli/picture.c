/* Draws charts in the terminal and saves them as pictures. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "output.h"

/* True if the locale uses UTF-8: of LC_ALL, LC_CTYPE and LANG, the first that is set decides. */
static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "utf-8") ||
                   strstr(value, "UTF8");
    }
    return false;
}

static int fail_empty(const char *where)
{
    return plm_cli_fail(PLM_EXIT_USAGE, where, "choose another range, or other names",
                        "there is no finite value to draw");
}

/* Returns what standard output can show. */
static plm_draw_screen screen_of(int width, int height)
{
    return (plm_draw_screen){.width = width,
                             .height = height,
                             .utf8 = is_utf8(),
                             .colour = plm_cli_screen_of(stdout).colour};
}

/* Returns the exit code of drawing, after reporting an error. what: the title or the file. */
static int code_of(plm_draw_status status, const char *what)
{
    if (status == PLM_DRAW_EMPTY)
        return fail_empty(what);
    /* If a stream could not be written, its owner reports it when it is closed. */
    return status == PLM_DRAW_MEMORY ? plm_cli_fail(PLM_EXIT_INTERNAL, what, NULL, "out of memory")
                                     : PLM_EXIT_GOOD;
}

int plm_cli_chart_print(const plm_chart *chart, int width, int height)
{
    const plm_draw_screen screen = screen_of(width, height);
    return code_of(plm_chart_terminal(stdout, chart, &screen), chart->title);
}

const char *plm_cli_picture_forms(void)
{
    return plm_draws_png() ? "svg png" : "svg (png: built without cairo)";
}

int plm_cli_picture_check(const char *path)
{
    if (!path || plm_ends_with(path, ".svg"))
        return PLM_EXIT_GOOD;
    if (!plm_ends_with(path, ".png"))
        return plm_cli_fail(PLM_EXIT_USAGE, path, "let its name end in .svg or .png",
                            "pictures are drawn as SVG or PNG");
    if (!plm_draws_png())
        return plm_cli_fail(PLM_EXIT_USAGE, path,
                            "let its name end in .svg, or build with cairo (Debian: libcairo2-dev)",
                            "this plummet was built without cairo, which draws PNG");
    return PLM_EXIT_GOOD;
}

plm_cli_picture plm_cli_picture_of(const plm_cli_call *call)
{
    return (plm_cli_picture){.path = plm_cli_option_of(call, "output"),
                             .dark = plm_cli_option_of(call, "dark") != NULL};
}

static plm_picture_style style_of(plm_cli_picture to)
{
    return (plm_picture_style){plm_ends_with(to.path, ".png") ? PLM_PICTURE_PNG : PLM_PICTURE_SVG,
                               to.dark};
}

/* Closes the file of a picture. Returns the exit code. */
static int close_picture(plm_cli_file *file, plm_draw_status status, const char *path)
{
    int code = code_of(status, path);
    if (status && !code)
        code = plm_cli_fail(PLM_EXIT_INTERNAL, path, "free memory, or draw an .svg",
                            "the picture could not be drawn");
    return plm_cli_file_close(file, code);
}

int plm_cli_picture_save(const plm_chart *chart, int count, int columns, plm_cli_picture to)
{
    plm_cli_file file;
    const int code = plm_cli_file_open(&file, to.path);
    if (code)
        return code;
    return close_picture(&file, plm_chart_picture(file.f, chart, count, columns, style_of(to)),
                         to.path);
}

int plm_cli_charts_show(const plm_chart *chart, int count, int columns, plm_cli_picture to)
{
    enum { COLUMNS = 80, LINES = 20 };
    const int width = plm_cli_width(stdout) < COLUMNS ? plm_cli_width(stdout) : COLUMNS;
    int code = PLM_EXIT_GOOD;
    if (to.path)
        return plm_cli_picture_save(chart, count, columns, to);
    for (int i = 0; i < count && !code; i++) {
        if (i > 0)
            putchar('\n');
        code = plm_cli_chart_print(&chart[i], width, LINES);
    }
    return code;
}

int plm_cli_heat_show(const plm_heat *map, plm_cli_picture to)
{
    plm_cli_file file;
    if (!to.path) {
        const plm_draw_screen screen = screen_of(plm_cli_width(stdout), 0);
        return code_of(plm_heat_terminal(stdout, map, &screen), map->title);
    }
    const int code = plm_cli_file_open(&file, to.path);
    return code ? code : close_picture(&file, plm_heat_picture(file.f, map, style_of(to)), to.path);
}

int plm_cli_tiles_show(const plm_tiles *tiles, plm_cli_picture to)
{
    plm_cli_file file;
    if (!to.path) {
        const plm_draw_screen screen = screen_of(plm_cli_width(stdout), 0);
        return code_of(plm_tiles_terminal(stdout, tiles, &screen), tiles->title);
    }
    const int code = plm_cli_file_open(&file, to.path);
    return code ? code
                : close_picture(&file, plm_tiles_picture(file.f, tiles, style_of(to)), to.path);
}
