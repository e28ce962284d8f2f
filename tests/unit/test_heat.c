/* Heat maps: cells, colours, marks, names that are broken, columns that do not fit. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/heat.h"
#include "draw/tiles.h"
#include "helper.h"

/* Draws for a terminal, or as SVG if screen is NULL. To be freed. */
static char *drawn(const plm_heat *h, const plm_draw_screen *screen, bool dark)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    assert_non_null(f);
    const plm_picture_style style = {.form = PLM_PICTURE_SVG, .dark = dark};
    const plm_draw_status status =
        screen ? plm_heat_terminal(f, h, screen) : plm_heat_picture(f, h, style);
    assert_int_equal(status, PLM_DRAW_OK);
    fclose(f);
    return text;
}

static const char *const rows[] = {"first_name(of=two)", "b"}, *const columns[] = {"x",
                                                                                   "long_column"};
static const plm_heat_cell cells[] = {{-9, {"1e-9", "low"}, false},
                                      {0, {"1", "good"}, true},
                                      {9, {"1e9", "high"}, false},
                                      {NAN, {NULL, NULL}, false}};
static const plm_heat map = {.title = "A title",
                             .scale = "a scale",
                             .marks = "a mark",
                             .rows = 2,
                             .columns = 2,
                             .row = rows,
                             .column = columns,
                             .cell = cells,
                             .limit = 5};

/* Names take as many lines as they need, and the corner says what the columns are. */
static void long_names(void **state)
{
    static const char *const row[] = {"scaling(2, fan_avg, normal)"}, *const column[] = {
                                                                          "leaky_relu(slope=0.01)"};
    static const plm_heat_cell cell[] = {{1, {"0.5", NULL}, false}};
    const plm_heat one = {.rows = 1,
                          .columns = 1,
                          .row = row,
                          .column = column,
                          .cell = cell,
                          .corner = "step",
                          .limit = 5};
    const plm_draw_screen narrow = {.width = 30};
    (void)state;
    char *text = drawn(&one, &narrow, false);
    assert_string_equal(text, "step        leaky_\n"
                              "             relu\n"
                              "           (slope=\n"
                              "            0.01)\n"
                              "scaling(2,   0.5   \n"
                              "fan_avg,           \n"
                              "normal)            \n");
    free(text);
    text = drawn(&one, NULL, false);
    assert_non_null(strstr(text, ">step</text>"));
    free(text);
}

static void terminal(void **state)
{
    const plm_draw_screen wide = {.width = 60}, narrow = {.width = 20},
                          colour = {.width = 60, .colour = true};
    (void)state;
    char *text = drawn(&map, &wide, false);
    assert_string_equal(text, "A title\n"
                              "                x      long_\n"
                              "                       column\n"
                              "first_name     1e-9     [1]   \n"
                              "(of=two)       low      good  \n"
                              "b              1e9            \n"
                              "               high           \n"
                              "a mark\n"); /* no scale, since there are no colours */
    free(text);
    text = drawn(&map, &narrow, false);
    assert_non_null(strstr(text, "high  \n\n")); /* the second column is below */
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 20);
    free(text);
    text = drawn(&map, &colour, false);
    assert_non_null(strstr(text, "\033[48;5;19;"));  /* full blue */
    assert_non_null(strstr(text, "\033[48;5;130;")); /* full orange */
    assert_non_null(strstr(text, "\033[48;5;255;38;5;16m\033[1m"));
    assert_non_null(strstr(text, "\na scale\na mark\n"));
    free(text);
}

/* A line of names ends with the last of them. */
static void names_end_their_line(void **state)
{
    static const char *const turned[] = {"long_column", "x"};
    const plm_draw_screen wide = {.width = 60};
    plm_heat heat = map;
    heat.column = turned;
    (void)state;
    char *text = drawn(&heat, &wide, false);
    assert_non_null(strstr(text, "A title\n"
                                 "              long_      x\n"
                                 "              column\n"
                                 "first_name "));
    free(text);
}

static void picture(void **state)
{
    (void)state;
    char *text = drawn(&map, NULL, false);
    assert_non_null(strstr(text, "#1f5fa8"));
    assert_non_null(strstr(text, "#b85a06"));
    assert_non_null(strstr(text, ">first_name(of=two)<"));
    assert_non_null(strstr(text, "stroke-width=\"2.5\""));
    free(text);
    text = drawn(&map, NULL, true);
    assert_non_null(strstr(text, "#16181d"));
    free(text);
}

/* The luminance of a colour, given as three bytes, as WCAG 2 defines it. */
static double luminance(const unsigned *rgb)
{
    static const double weight[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += weight[i] *
               (rgb[i] <= 10 ? rgb[i] / 255.0 / 12.92 : pow((rgb[i] / 255.0 + 0.055) / 1.055, 2.4));
    return sum;
}

/* Reads the colour after `name`, at or after `at`. */
static double light_after(const char *at, const char *name)
{
    unsigned rgb[3];
    at = strstr(at, name);
    assert_non_null(at);
    assert_int_equal(sscanf(at + strlen(name), "#%2x%2x%2x", &rgb[0], &rgb[1], &rgb[2]), 3);
    return luminance(rgb);
}

/* The letters of every cell have a contrast of at least 4.5 to it, light and dark. */
static void letters_can_be_read(void **state)
{
    (void)state;
    for (int i = -20; i <= 20; i++) {
        const plm_heat_cell cell = {i / 4.0, {"cell", NULL}, false};
        plm_heat one = map;
        one.rows = one.columns = 1;
        one.cell = &cell;
        char *text = drawn(&one, NULL, false), *box = text, *end = strstr(text, ">cell<");
        assert_non_null(end);
        for (char *at = text; (at = strstr(at, "<rect")) != NULL && at < end; at++)
            box = at;
        const char *letters = strstr(box, "<text");
        static const char *const name[] = {"fill=\"", "--f:"};
        for (int k = 0; k < 2; k++) {
            const double a = light_after(box, name[k]) + 0.05,
                         b = light_after(letters, name[k]) + 0.05;
            assert_true(fmax(a, b) / fmin(a, b) >= 4.5);
        }
        free(text);
    }
}

/* The number of pixels that the picture says it is wide. */
static int width_of(const plm_heat *heat)
{
    char *text = drawn(heat, NULL, false);
    const char *width = strstr(text, "width=\"");
    assert_non_null(width);
    const int pixels = atoi(width + strlen("width=\""));
    free(text);
    return pixels;
}

/* The picture is as wide as its cells, or as the legend below them if that is wider. */
static void cells_and_legend_fit(void **state)
{
    enum { MANY = 20 };
    static const char *const names[MANY] = {"a", "a", "a", "a", "a", "a", "a", "a", "a", "a",
                                            "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"};
    static const plm_heat_cell none[MANY];
    plm_heat heat = {.title = "A title",
                     .scale = "",
                     .marks = "",
                     .rows = 1,
                     .columns = MANY,
                     .row = names,
                     .column = names,
                     .cell = none,
                     .limit = 5};
    (void)state;
    const int wide = width_of(&heat);
    heat.scale = "a scale with a name that takes forty letters";
    assert_int_equal(width_of(&heat), wide);
    heat.columns = 1;
    const int narrow = width_of(&heat);
    assert_true(narrow < wide);
    heat.scale = "a scale with a name that takes forty letters, or even fifty and more";
    assert_true(width_of(&heat) > narrow + 100);
    heat.scale = NULL;
    assert_true(width_of(&heat) < narrow - 100);
}

static void empty(void **state)
{
    const plm_heat nothing = {.limit = 1};
    const plm_draw_screen screen = {.width = 60};
    (void)state;
    assert_int_equal(plm_heat_terminal(stdout, &nothing, &screen), PLM_DRAW_EMPTY);
    assert_int_equal(plm_heat_picture(stdout, &nothing, (plm_picture_style){.dark = true}),
                     PLM_DRAW_EMPTY);
}

/* Draws maps side by side. To be freed. */
static char *strips_of(const plm_heat *of, int maps, plm_draw_screen screen)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    assert_non_null(f);
    assert_int_equal(plm_heat_strips(f, of, maps, &screen), PLM_DRAW_OK);
    fclose(f);
    return text;
}

enum { LAYERS = 4, STEPS = 30 };

/* Fills two maps over time, whose values become smaller downwards. marked: the first cell is. */
static void make_strips(plm_heat of[2], bool marked)
{
    static const char *const layer[] = {"out", "c", "b", "first_layer_of_all",
                                        "no_layer_of_the_map_has_so_long_a_name"};
    static const char *step[STEPS];
    static plm_heat_cell cell[LAYERS * STEPS];
    for (int k = 0; k < STEPS; k++)
        step[k] = k == 0 ? "0" : k == STEPS - 1 ? "990" : "5";
    for (int i = 0; i < LAYERS * STEPS; i++)
        cell[i] = (plm_heat_cell){.value = i / STEPS == 3 ? (double)NAN : i / STEPS * -2.5};
    if (marked)
        cell[0] = (plm_heat_cell){.value = (double)NAN, .marked = true};
    of[0] = (plm_heat){.title = "gradient",
                       .marks = "! = a mark",
                       .rows = LAYERS,
                       .columns = STEPS,
                       .row = layer,
                       .column = step,
                       .cell = cell,
                       .limit = 5,
                       .low = -5,
                       .end = {"1e-9", "10"}};
    of[1] = of[0];
    of[1].title = "dead";
    of[1].low = 0;
}

/* Maps side by side: widths, what is left out, legends, marks. */
static void strips(void **state)
{
    plm_heat of[2];
    (void)state;
    make_strips(of, false);
    char *text = strips_of(of, 2, (plm_draw_screen){.width = 66, .height = 20});
    assert_string_equal(text, "               gradient                  dead\n"
                              "out            ========================                          \n"
                              "c              ------------------------                          \n"
                              "b                                                                \n"
                              "first_layer_o                                                    \n"
                              "step           0                    990  0                    990\n"
                              "               1e-9  .:-~=+*%#@ 10       1e-9  .:-~=+*%#@ 10\n");
    free(text);
}

/* The names take what the longest one needs, up to a fifth of the width. */
static void strips_with_room(void **state)
{
    plm_heat of[2];
    (void)state;
    make_strips(of, false);
    char *text = strips_of(of, 1, (plm_draw_screen){.width = 120, .height = 20});
    assert_non_null(strstr(text, "\nfirst_layer_of_all  "));
    assert_non_null(strstr(text, "\nout                 ==="));
    assert_non_null(strstr(text, "\nstep                0 "));
    free(text);
}

/* What does not fit is left out: rows, legends, then maps. */
static void strips_that_do_not_fit(void **state)
{
    plm_heat of[2];
    (void)state;
    make_strips(of, true);
    char *text = strips_of(of, 2, (plm_draw_screen){.width = 39, .height = 7});
    assert_string_equal(text, "2 of 4    gradient       dead\n"
                              "out       !============  !            \n"
                              "first_la                              \n"
                              "step      0         990  0         990\n"
                              "gradient  1e-9  .:-~=+*%#@ 10\n"
                              "dead      1e-9  .:-~=+*%#@ 10\n"
                              "! = a mark\n");
    free(text);
    text = strips_of(of, 2, (plm_draw_screen){.width = 12, .height = 1, .colour = true});
    assert_null(strstr(text, "1e-9"));
    assert_non_null(strstr(text, "1 of 4"));
    free(text);
    const plm_draw_screen screen = {.width = 40, .height = 20};
    assert_int_equal(plm_heat_strips(stdout, of, 0, &screen), PLM_DRAW_EMPTY);
    of[0].columns = 0;
    assert_int_equal(plm_heat_strips(stdout, of, 1, &screen), PLM_DRAW_EMPTY);
}

/* A picture of a map over time: small cells, marks, only names of columns that fit. */
static void small_cells(void **state)
{
    enum { MANY = 40 };
    static const char *step[MANY];
    static plm_heat_cell cell[MANY];
    (void)state;
    for (int k = 0; k < MANY; k++)
        step[k] = "1000";
    cell[3] = (plm_heat_cell){.value = (double)NAN, .marked = true};
    const plm_heat one = {.rows = 1,
                          .columns = MANY,
                          .row = rows,
                          .column = step,
                          .cell = cell,
                          .limit = 5,
                          .low = -5,
                          .end = {"1e-9", "10"},
                          .small = true};
    assert_true(width_of(&one) < 800);
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    assert_non_null(f);
    const plm_picture_style style = {.form = PLM_PICTURE_SVG, .page = true};
    assert_int_equal(plm_heat_picture(f, &one, style), PLM_DRAW_OK);
    fclose(f);
    assert_non_null(strstr(text, "var(--h5)"));
    assert_non_null(strstr(text, "var(--h0)"));
    assert_null(strstr(text, "var(--h11)"));
    assert_non_null(strstr(text, ">!<"));
    assert_non_null(strstr(text, ">1e-9<"));
    int names = 0;
    for (const char *at = text; (at = strstr(at, ">1000<")) != NULL; at++)
        names++;
    assert_in_range(names, 10, 20);
    free(text);
}

static void tiles(void **state)
{
    static const double value[] = {0, 1, 0.5, 0, 1, 1, /* and the second */ 1, 1, 1, 1, 0, 0};
    static const char *const label[] = {"a label", "b"};
    const plm_tiles two = {"Two", 2, 2, 3, value, label};
    const plm_draw_screen screen = {.width = 40},
                          blocks = {.width = 40, .utf8 = true, .colour = true};
    char text[2000] = "";
    (void)state;
    FILE *f = fmemopen(text, sizeof text, "w");
    assert_int_equal(plm_tiles_terminal(f, &two, &screen), PLM_DRAW_OK);
    fclose(f);
    assert_string_equal(text, "Two\na l  b\n @*  @==\n");
    f = fmemopen(text, sizeof text, "w");
    assert_int_equal(plm_tiles_terminal(f, &two, &blocks), PLM_DRAW_OK);
    fclose(f);
    assert_non_null(strstr(text, "\033[38;5;232;48;5;232m\u2580\033[38;5;255;48;5;255m\u2580"));
    assert_int_equal(plm_tiles_terminal(stdout, &(plm_tiles){0}, &screen), PLM_DRAW_EMPTY);
}

static void tiles_as_a_picture(void **state)
{
    static const double value[] = {0, 1, 0.5, 0, 1, 1, /* and the second */ 1, 1, 1, 1, 0, 0};
    static const char *const label[] = {"a label", "b"};
    const plm_tiles two = {"Two", 2, 2, 3, value, label};
    char text[4000] = "";
    (void)state;
    FILE *f = fmemopen(text, sizeof text, "w");
    assert_int_equal(plm_tiles_picture(f, &two, (plm_picture_style){.form = PLM_PICTURE_SVG}),
                     PLM_DRAW_OK);
    fclose(f);
    static const char *const drawn[] = {
        "<rect x=\"20.0\" y=\"54.0\" width=\"28.2\" height=\"28.2\" fill=\"#ffffff\" "
        "style=\"--f:#000000\"/>",
        "<rect x=\"48.0\" y=\"54.0\" width=\"28.2\" height=\"28.2\" fill=\"#000000\" "
        "style=\"--f:#ffffff\"/>",
        "<rect x=\"76.0\" y=\"54.0\" width=\"28.2\" height=\"28.2\" fill=",
        "<rect x=\"20.0\" y=\"82.0\" width=\"28.2\" height=\"28.2\" fill=\"#ffffff\" "
        "style=\"--f:#000000\"/>",
        "<rect x=\"48.0\" y=\"82.0\" width=\"56.2\" height=\"28.2\" fill=\"#000000\" "
        "style=\"--f:#ffffff\"/>",
        "<rect x=\"124.0\" y=\"54.0\" width=\"84.2\" height=\"28.2\" fill=\"#000000\" "
        "style=\"--f:#ffffff\"/>",
        "<rect x=\"124.0\" y=\"82.0\" width=\"28.2\" height=\"28.2\" fill=\"#000000\" "
        "style=\"--f:#ffffff\"/>",
        "<rect x=\"152.0\" y=\"82.0\" width=\"56.2\" height=\"28.2\" fill=\"#ffffff\" "
        "style=\"--f:#000000\"/>",
        "x=\"62.0\" y=\"152.0\"",
        "x=\"166.0\" y=\"152.0\"",
        "x=\"180.0\" y=\"30.0\""};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (strstr(text, drawn[i]) == NULL)
            fail_msg("%s is not in\n%s", drawn[i], text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(terminal),
                                       cmocka_unit_test(long_names),
                                       cmocka_unit_test(names_end_their_line),
                                       cmocka_unit_test(picture),
                                       cmocka_unit_test(letters_can_be_read),
                                       cmocka_unit_test(cells_and_legend_fit),
                                       cmocka_unit_test(empty),
                                       cmocka_unit_test(strips),
                                       cmocka_unit_test(strips_that_do_not_fit),
                                       cmocka_unit_test(strips_with_room),
                                       cmocka_unit_test(small_cells),
                                       cmocka_unit_test(tiles),
                                       cmocka_unit_test(tiles_as_a_picture)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
