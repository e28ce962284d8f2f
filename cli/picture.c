/* Draws pictures in the terminal and saves them as files. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/system.h"
#include "file.h"
#include "output.h"

/* True if the locale uses UTF-8. The first of LC_ALL, LC_CTYPE and LANG that is set decides. */
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

/* Returns the exit code for the status of drawing a picture, and reports an error. what: the title
 * of the picture or its file. */
static int code_of(plm_draw_status status, const char *what)
{
    if (status == PLM_DRAW_EMPTY)
        return fail_empty(what);
    /* Reports an error of drawing. It does not report that a stream could not be written: its owner
     * does so when the stream is closed. */
    return status == PLM_DRAW_MEMORY ? plm_cli_fail(PLM_EXIT_INTERNAL, what, NULL, "out of memory")
                                     : PLM_EXIT_GOOD;
}

const char *plm_cli_picture_forms(void)
{
    return plm_draws_png() ? "svg png" : "svg (png: built without cairo)";
}

/* Checks the ending of a file name, and that PNG can be drawn. */
static int check_ending(const char *path)
{
    if (plm_ends_with(path, ".svg"))
        return PLM_EXIT_GOOD;
    if (!plm_ends_with(path, ".png"))
        return plm_cli_fail(PLM_EXIT_USAGE, path, "use a file name that ends in .svg or .png",
                            "the file name ends in neither .svg nor .png");
    if (!plm_draws_png())
        return plm_cli_fail(
            PLM_EXIT_USAGE, path,
            "use a file name that ends in .svg, or build with cairo (Debian: libcairo2-dev)",
            "this plummet was built without cairo, which draws PNG");
    return PLM_EXIT_GOOD;
}

int plm_cli_picture_check(const char *path)
{
    char file[PLM_PATH_CAPACITY];
    const int code = path ? check_ending(path) : PLM_EXIT_GOOD;
    if (code || !path || !plm_path_is_file(path) || !plm_path_real(path, file) ||
        plm_ends_with(file, ".svg") || plm_ends_with(file, ".png"))
        return code;
    return plm_cli_fail(PLM_EXIT_USAGE, path, "use another file name, or remove the link",
                        "the picture would overwrite %s, to which this link leads", file);
}

plm_cli_picture plm_cli_picture_of(const plm_cli_call *call)
{
    return (plm_cli_picture){.path = plm_cli_option_of(call, "output"),
                             .dark = plm_cli_option_of(call, "dark") != NULL};
}

static plm_picture_style style_of(plm_cli_picture to)
{
    return (plm_picture_style){.form = plm_ends_with(to.path, ".png") ? PLM_PICTURE_PNG
                                                                      : PLM_PICTURE_SVG,
                               .dark = to.dark};
}

/* Draws a picture into an open file. */
static plm_draw_status draw_file(FILE *f, const plm_plot *p, plm_picture_style style)
{
    if (p->heat)
        return plm_heat_picture(f, p->heat, style);
    if (p->tiles)
        return plm_tiles_picture(f, p->tiles, style);
    return plm_chart_picture(f, p->chart, p->charts, p->columns, style);
}

/* Writes the file of a picture. Returns an exit code. */
static int save(const plm_plot *p, plm_cli_picture to)
{
    plm_cli_file file;
    int code = plm_cli_file_open(&file, to.path);
    if (code)
        return code;
    const plm_draw_status status = draw_file(file.f, p, style_of(to));
    code = code_of(status, to.path);
    if (status && !code)
        code = plm_cli_fail(PLM_EXIT_INTERNAL, to.path, "free some memory, or draw an .svg",
                            "the picture could not be drawn");
    return plm_cli_file_close(&file, code);
}

/* Draws charts in the terminal, one below the other. Returns an exit code. */
static int print_charts(const plm_plot *p)
{
    enum { COLUMNS = 80, LINES = 20 };
    const int all = plm_cli_screen_of(stdout).width, width = all < COLUMNS ? all : COLUMNS;
    const plm_draw_screen screen = screen_of(width, LINES);
    int code = PLM_EXIT_GOOD;
    for (int i = 0; i < p->charts && !code; i++) {
        if (i > 0)
            putchar('\n');
        code = code_of(plm_chart_terminal(stdout, &p->chart[i], &screen), p->chart[i].title);
    }
    return code;
}

int plm_cli_plot_show(const plm_plot *p, plm_cli_picture to)
{
    const plm_draw_screen screen = screen_of(plm_cli_screen_of(stdout).width, 0);
    if (to.path)
        return save(p, to);
    if (p->heat)
        return code_of(plm_heat_terminal(stdout, p->heat, &screen), p->heat->title);
    if (p->tiles)
        return code_of(plm_tiles_terminal(stdout, p->tiles, &screen), p->tiles->title);
    return print_charts(p);
}
