/* Charts: round numbers on axes, a drawing in letters, pictures, what cannot be drawn. */
#define _POSIX_C_SOURCE 200809L /* fmemopen */
#include <math.h>
#include <string.h>

#include "draw/axis.h"
#include "draw/chart_plot.h"
#include "helper.h"

static const double ramp[] = {0, 1, 2, 3};

static plm_chart chart_of(const plm_series *s)
{
    return (plm_chart){.title = "Ramp", .x_label = "x", .series = s, .count = 1};
}

/* Draws into a buffer of `capacity` bytes, which holds a text afterwards. */
static plm_draw_status draw(const plm_chart *c, char *out, size_t capacity)
{
    const plm_draw_screen screen = {.width = 24, .height = 9};
    FILE *f = fmemopen(out, capacity, "w");
    assert_non_null(f);
    const plm_draw_status status = plm_chart_terminal(f, c, &screen);
    fclose(f);
    return status;
}

static void letters(void **state)
{
    (void)state;
    const plm_series s = {.name = "ramp", .x = ramp, .y = ramp, .count = 4};
    const plm_chart c = chart_of(&s);
    char out[1000] = "";
    assert_int_equal(draw(&c, out, sizeof out), PLM_DRAW_OK);
    assert_string_equal(out, "           Ramp\n"
                             "  |                 ****\n"
                             "2 +           ******\n"
                             "  |    *******\n"
                             "0 +****\n"
                             "  ++------------+-------\n"
                             "   0            2\n"
                             "             x\n");
}

/* On a screen of 10 columns, the plot has its least width, and the label of the second tick would
 * touch that of the first. */
static void labels_do_not_touch(void **state)
{
    (void)state;
    const double x[] = {10000, 10001}, y[] = {0, 1};
    const plm_series s = {.x = x, .y = y, .count = 2};
    const plm_chart c = {.whole_x = true, .series = &s, .count = 1};
    const plm_draw_screen screen = {.width = 10, .height = 6};
    char out[1000] = "";
    FILE *f = fmemopen(out, sizeof out, "w");
    assert_non_null(f);
    assert_int_equal(plm_chart_terminal(f, &c, &screen), PLM_DRAW_OK);
    fclose(f);
    assert_string_equal(out, "1 +      **\n"
                             "  |  ****\n"
                             "0 +**\n"
                             "  ++-------\n"
                             "   10000\n");
}

static void ticks_are_round(void **state)
{
    (void)state;
    const double x[] = {1e-6, 10}, y[] = {0.3, 2.31};
    const plm_series s = {.x = x, .y = y, .count = 2};
    const plm_chart c = {.log_x = true, .series = &s, .count = 1};
    plm_axis a, b;
    assert_int_equal(plm_chart_axes(&c, 9, 7, &a, &b), PLM_DRAW_OK);
    assert_int_equal(a.ticks, 8);
    assert_string_equal(a.label[0], "1e-6");
    assert_string_equal(a.label[7], "10");
    assert_true(b.low >= 0 && b.low <= 0 && b.high >= 2.5 && b.high <= 2.5);
    assert_int_equal(b.ticks, 6);
    assert_string_equal(b.label[1], "0.5");
}

/* One tick does not show a scale, so a narrow axis from 1 to 8 has ticks at 2, 4, 6 and 8, not one
 * at 5. */
static void no_single_tick(void **state)
{
    (void)state;
    const double x[] = {1, 8}, y[] = {0, 1};
    const plm_series s = {.x = x, .y = y, .count = 2};
    const plm_chart c = chart_of(&s);
    for (int most = 2; most <= 9; most++) {
        plm_axis a, b;
        assert_int_equal(plm_chart_axes(&c, most, 7, &a, &b), PLM_DRAW_OK);
        assert_true(a.ticks >= 2);
        assert_string_equal(a.label[0], most < 8 ? "2" : "1");
    }
}

/* A mark has the letter and the colour of its line, so each line has the same letter in a chart
 * with marks and in one without. */
static void marks_take_no_letter(void **state)
{
    (void)state;
    const plm_series all[] = {
        {.name = "one", .x = ramp, .y = ramp, .count = 4},
        {.name = "best", .x = ramp, .y = ramp, .count = 1, .mark = 'a', .follows = true},
        {.name = "two", .x = ramp, .y = ramp, .count = 4}};
    const plm_chart c = {.series = all, .count = 3};
    assert_int_equal(plm_chart_letter(&c, 0), '*');
    assert_int_equal(plm_chart_letter(&c, 1), 'a');
    assert_int_equal(plm_chart_letter(&c, 2), '+');
}

/* A terminal has five colours for lines. Up to five lines are drawn with dots; with a sixth, all
 * are drawn with letters, since two would have the same colour. */
static void more_lines_than_colours(void **state)
{
    (void)state;
    plm_series all[6];
    for (int i = 0; i < 6; i++)
        all[i] = (plm_series){.name = "a", .x = ramp, .y = ramp, .count = 4};
    for (int lines = 5; lines <= 6; lines++) {
        const plm_draw_screen screen = {.width = 24, .height = 9, .utf8 = true, .colour = true};
        const plm_chart c = {.series = all, .count = lines};
        char out[8000] = "";
        FILE *f = fmemopen(out, sizeof out, "w");
        assert_non_null(f);
        assert_int_equal(plm_chart_terminal(f, &c, &screen), PLM_DRAW_OK);
        fclose(f);
        assert_int_equal(strstr(out, "\u2812") != NULL, lines == 5);
        assert_int_equal(strstr(out, "\033[36m*\033[0m a") != NULL, lines == 6);
        assert_int_equal(strstr(out, "\033[36m@\033[0m a") != NULL, lines == 6);
    }
}

/* Epochs are whole numbers, so their ticks are, too. */
static void ticks_of_counts(void **state)
{
    (void)state;
    const double x[] = {1, 3}, y[] = {0.3, 2.31};
    const plm_series s = {.x = x, .y = y, .count = 2}, one = {.x = x, .y = y, .count = 1};
    const plm_chart c = {.whole_x = true, .series = &s, .count = 1};
    const plm_chart single = {.whole_x = true, .series = &one, .count = 1};
    plm_axis a, b;
    assert_int_equal(plm_chart_axes(&c, 9, 7, &a, &b), PLM_DRAW_OK);
    assert_int_equal(a.ticks, 3);
    assert_string_equal(a.label[0], "1");
    assert_string_equal(a.label[1], "2");
    assert_string_equal(a.label[2], "3");
    assert_int_equal(plm_chart_axes(&single, 9, 7, &a, &b), PLM_DRAW_OK);
    assert_int_equal(a.ticks, 1);
    assert_string_equal(a.label[0], "1");
}

/* Labels of neighbouring ticks differ, also if their values are nearly equal. */
static void labels_differ(void **state)
{
    (void)state;
    static const double close[][2] = {
        {0.69314, 0.69317}, {10001, 10007}, {-1.00002, -1.00001}, {1e-9, 1.00001e-9}};
    for (size_t k = 0; k < sizeof close / sizeof *close; k++) {
        const plm_series s = {.x = close[k], .y = close[k], .count = 2};
        const plm_chart c = {.series = &s, .count = 1};
        plm_axis a, b;
        assert_int_equal(plm_chart_axes(&c, 9, 7, &a, &b), PLM_DRAW_OK);
        assert_true(a.ticks >= 3);
        for (int i = 1; i < a.ticks; i++)
            assert_string_not_equal(a.label[i - 1], a.label[i]);
        for (int i = 0; i < a.ticks; i++)
            assert_true(fabs(strtod(a.label[i], NULL) - a.tick[i]) <
                        1e-3 * fabs(a.tick[1] - a.tick[0]));
    }
}

static void axis_is(double low, double high, int max_ticks, double from, double to, int ticks)
{
    const double x[] = {0, 1}, y[] = {low, high};
    const plm_series s = {.x = x, .y = y, .count = 2};
    const plm_chart c = {.series = &s, .count = 1};
    plm_axis a, b;
    assert_int_equal(plm_chart_axes(&c, 2, max_ticks, &a, &b), PLM_DRAW_OK);
    assert_true(fabs(b.low - from) < 1e-12 && fabs(b.high - to) < 1e-12);
    assert_int_equal(b.ticks, ticks);
}

/* Steps of 1, 2 and 5; a range of no length is widened. */
static void ranges(void **state)
{
    (void)state;
    axis_is(0, 6, 7, 0, 6, 7);
    axis_is(0.5, 11.5, 7, 0, 12, 7);
    axis_is(3, 29, 7, 0, 30, 7);
    axis_is(3, 29, 2, 0, 30, 2); /* steps of 20, since one of 50 would leave one tick */
    axis_is(5, 5, 7, 4.4, 5.6, 7);
    axis_is(0, 0, 7, -1, 1, 5);
}

/* A logarithmic axis of less than a decade has round steps; it is widened to them unless that might
 * take it to 0. */
static void log_ranges(void **state)
{
    static const struct {
        double low, high, from, to;
    } range[] = {{5.2, 8.1, 5, 8.5},     /* steps of 0.5, widened */
                 {2.1, 9.3, 2.1, 9.3},   /* the low end is below the length of the range */
                 {0.42, 0.79, 0.4, 0.8}, /* steps of 0.1 */
                 {30, 60, 30, 60}};      /* as long as its low end */
    (void)state;
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        const double x[] = {0, 1}, y[] = {range[i].low, range[i].high};
        const plm_series s = {.x = x, .y = y, .count = 2};
        const plm_chart c = {.log_y = true, .series = &s, .count = 1};
        plm_axis a, b;
        assert_int_equal(plm_chart_axes(&c, 2, 8, &a, &b), PLM_DRAW_OK);
        if (fabs(b.low - range[i].from) > 1e-9 || fabs(b.high - range[i].to) > 1e-9)
            fail_msg("%g to %g: the axis is from %g to %g", range[i].low, range[i].high, b.low,
                     b.high);
    }
}

/* What is not finite, or not above 0 on a logarithmic axis, is no point. */
static void nothing_to_draw(void **state)
{
    (void)state;
    const double y[] = {NAN, INFINITY, -1, 0};
    const plm_series s = {.x = ramp, .y = y, .count = 4};
    plm_chart c = chart_of(&s);
    char out[100] = "";
    c.log_y = true;
    assert_int_equal(draw(&c, out, sizeof out), PLM_DRAW_EMPTY);
    assert_string_equal(out, "");
    FILE *f = fmemopen(out, sizeof out, "w");
    c.log_y = false;
    c.count = 0;
    assert_int_equal(plm_chart_picture(f, &c, 1, 1, (plm_picture_style){.form = PLM_PICTURE_SVG}),
                     PLM_DRAW_EMPTY);
    fclose(f);
}

static void pictures(void **state)
{
    (void)state;
    static char out[100000];
    const plm_series s = {.name = "a < b", .x = ramp, .y = ramp, .count = 4};
    const plm_series two[2] = {s, s};
    const plm_chart c = chart_of(&s), both[2] = {c, {.series = two, .count = 2}};
    FILE *f = fmemopen(out, sizeof out, "w");
    assert_int_equal(plm_chart_picture(f, both, 2, 2, (plm_picture_style){.form = PLM_PICTURE_SVG}),
                     PLM_DRAW_OK);
    fclose(f);
    assert_non_null(strstr(out, ">a &lt; b</text>"));
    assert_non_null(strstr(out, "viewBox=\"0 0 1440 440\""));
    assert_string_equal(out + strlen(out) - 7, "</svg>\n");
    f = fmemopen(out, sizeof out, "w");
    const plm_draw_status status =
        plm_chart_picture(f, &c, 1, 1, (plm_picture_style){.form = PLM_PICTURE_PNG});
    fclose(f);
    assert_int_equal(status, plm_draws_png() ? PLM_DRAW_OK : PLM_DRAW_UNSUPPORTED);
    if (plm_draws_png())
        assert_memory_equal(out, "\x89PNG", 4);
}

/* True if a line of the chart is dashed in its picture. */
static bool is_dashed(const plm_series *series, int count)
{
    static char out[100000];
    const plm_chart c = {.series = series, .count = count};
    FILE *f = fmemopen(out, sizeof out, "w");
    assert_int_equal(plm_chart_picture(f, &c, 1, 1, (plm_picture_style){.form = PLM_PICTURE_SVG}),
                     PLM_DRAW_OK);
    fclose(f);
    return strstr(out, "stroke-dasharray") != NULL;
}

/* A line that covers another is dashed. One that crosses it, or lies at the height of a mark, is
 * not. */
static void dashes(void **state)
{
    (void)state;
    static const double falling[] = {3, 2, 1, 0}, x[] = {0, 1, 2, 3}, level[] = {1, 1, 1, 1};
    static const double last[] = {3}, at[] = {1};
    const plm_series up = {.name = "up", .x = x, .y = x, .count = 4},
                     down = {.name = "down", .x = x, .y = falling, .count = 4},
                     flat = {.name = "flat", .x = x, .y = level, .count = 4},
                     mark = {.name = "mark", .x = last, .y = at, .count = 1};
    assert_true(is_dashed((const plm_series[]){up, up}, 2));
    assert_false(is_dashed((const plm_series[]){up, down}, 2));
    assert_false(is_dashed((const plm_series[]){mark, flat}, 2));
}

/* A mark is the first point of its series; what lies behind is not read. */
static void a_mark_is_one_point(void **state)
{
    (void)state;
    static const double place[] = {1, NAN};
    const plm_series both[] = {{.name = "ramp", .x = ramp, .y = ramp, .count = 4},
                               {.x = place, .y = place, .count = 1, .mark = 'Q'}};
    const plm_chart c = {.series = both, .count = 2};
    char out[1000] = "";
    assert_int_equal(draw(&c, out, sizeof out), PLM_DRAW_OK);
    assert_non_null(strchr(out, 'Q'));
}

/* A mark has its letter, but not one that has the colour of its line. */
static void letters_of_marks(void **state)
{
    (void)state;
    static char out[100000];
    static const double x[] = {0, 3};
    for (int follows = 0; follows < 2; follows++) {
        const plm_series both[] = {{.name = "line", .x = x, .y = x, .count = 2},
                                   {.x = x, .y = x, .count = 1, .mark = 'Q', .follows = follows}};
        const plm_chart c = {.series = both, .count = 2};
        FILE *f = fmemopen(out, sizeof out, "w");
        assert_int_equal(
            plm_chart_picture(f, &c, 1, 1, (plm_picture_style){.form = PLM_PICTURE_SVG}),
            PLM_DRAW_OK);
        fclose(f);
        assert_int_equal(strstr(out, ">Q</text>") == NULL, follows);
    }
}

/* A stream that takes nothing is no success. */
static void full_disk(void **state)
{
    (void)state;
    const plm_series s = {.name = "ramp", .x = ramp, .y = ramp, .count = 4};
    const plm_chart c = chart_of(&s);
    const plm_draw_screen screen = {.width = 24, .height = 9};
    FILE *f = fopen("/dev/full", "w");
    if (!f)
        skip();
    setvbuf(f, NULL, _IONBF, 0);
    assert_int_equal(plm_chart_picture(f, &c, 1, 1, (plm_picture_style){.form = PLM_PICTURE_SVG}),
                     PLM_DRAW_WRITE);
    clearerr(f);
    assert_int_equal(plm_chart_terminal(f, &c, &screen), PLM_DRAW_WRITE);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(letters),
                                       cmocka_unit_test(labels_do_not_touch),
                                       cmocka_unit_test(ticks_are_round),
                                       cmocka_unit_test(no_single_tick),
                                       cmocka_unit_test(marks_take_no_letter),
                                       cmocka_unit_test(more_lines_than_colours),
                                       cmocka_unit_test(ticks_of_counts),
                                       cmocka_unit_test(labels_differ),
                                       cmocka_unit_test(ranges),
                                       cmocka_unit_test(log_ranges),
                                       cmocka_unit_test(nothing_to_draw),
                                       cmocka_unit_test(pictures),
                                       cmocka_unit_test(dashes),
                                       cmocka_unit_test(letters_of_marks),
                                       cmocka_unit_test(a_mark_is_one_point),
                                       cmocka_unit_test(full_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
