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

int plm_cli_chart_print(const plm_chart *chart, int width, int height)
{
    const plm_chart_screen screen = {.width = width,
                                     .height = height,
                                     .utf8 = is_utf8(),
                                     .colour = plm_cli_screen_of(stdout).colour};
    const plm_draw_status status = plm_chart_terminal(stdout, chart, &screen);
    if (status == PLM_DRAW_EMPTY)
        return fail_empty(chart->title);
    /* If standard output could not be written, main reports it when the command ends. */
    return status == PLM_DRAW_MEMORY ? plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory")
                                     : PLM_EXIT_GOOD;
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

int plm_cli_picture_save(const plm_chart *chart, int count, int columns, const char *path)
{
    plm_cli_file file;
    int code = plm_cli_file_open(&file, path);
    if (code)
        return code;
    const plm_picture_form form = plm_ends_with(path, ".png") ? PLM_PICTURE_PNG : PLM_PICTURE_SVG;
    const plm_draw_status status = plm_chart_picture(file.f, chart, count, columns, form);
    if (status == PLM_DRAW_EMPTY)
        code = fail_empty(path);
    else if (status)
        code = plm_cli_fail(PLM_EXIT_INTERNAL, path, "free memory, or draw an .svg",
                            "the picture could not be drawn");
    return plm_cli_file_close(&file, code);
}
