/* A line chart as SVG 1.1: white ground, grid, axes, a legend below the title; colours of Okabe and Ito (2008),
 * which people who see colours differently tell apart. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"

enum {
    WIDTH = 720,
    HEIGHT = 440,
    LEFT = 76,
    RIGHT = 24,
    BOTTOM = 58,
    LETTER = 7,
    LEGEND_LINE = 18,
    COLOURS = 7
};

typedef struct {
    FILE *f;
    const plm_cli_chart *chart;
    plm_cli_axis x, y;
    int top;
} picture;

static const char *colour_of(int series)
{
    static const char *const colours[COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                 "#e69f00", "#56b4e9", "#000000"};
    return colours[series % COLOURS];
}

static void escaped(FILE *f, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;
        if (entity)
            fputs(entity, f);
        else
            fputc((unsigned char)*c < 0x20 ? ' ' : *c, f);
    }
}

/* A text; anchor: start, middle or end. */
static void words(const picture *p, double x, double y, const char *anchor, const char *more,
                  const char *text)
{
    fprintf(p->f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>", x, y, anchor, more);
    escaped(p->f, text);
    fputs("</text>\n", p->f);
}

static double x_of(const picture *p, double value)
{
    return LEFT + plm_cli_axis_at(&p->x, value) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const picture *p, double value)
{
    return HEIGHT - BOTTOM - plm_cli_axis_at(&p->y, value) * (HEIGHT - BOTTOM - p->top);
}

static void put_axes(const picture *p)
{
    int low = HEIGHT - BOTTOM, right = WIDTH - RIGHT;
    fputs("<g stroke=\"#d9d9d9\" stroke-width=\"1\">\n", p->f);
    for (int i = 0; i < p->x.ticks; i++)
        fprintf(p->f, "<path d=\"M%.1f %dV%d\"/>\n", x_of(p, p->x.tick[i]), low, p->top);
    for (int i = 0; i < p->y.ticks; i++)
        fprintf(p->f, "<path d=\"M%d %.1fH%d\"/>\n", LEFT, y_of(p, p->y.tick[i]), right);
    fprintf(p->f, "</g>\n<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#333333\" stroke-width=\"1.2\"/>\n",
            LEFT, p->top, low, right);
    for (int i = 0; i < p->x.ticks; i++)
        words(p, x_of(p, p->x.tick[i]), low + 18, "middle", "", p->x.label[i]);
    for (int i = 0; i < p->y.ticks; i++)
        words(p, LEFT - 8, y_of(p, p->y.tick[i]) + 4, "end", "", p->y.label[i]);
    if (p->chart->x_label)
        words(p, (LEFT + right) / 2.0, HEIGHT - 16, "middle", " font-size=\"13\"", p->chart->x_label);
    if (p->chart->y_label) {
        char turn[80];
        double middle = (p->top + low) / 2.0;
        snprintf(turn, sizeof turn, " font-size=\"13\" transform=\"rotate(-90 18 %.1f)\"", middle);
        words(p, 18, middle, "middle", turn, p->chart->y_label);
    }
}

static void put_line(const picture *p, int series)
{
    const plm_cli_series *s = &p->chart->series[series];
    bool joined = false;
    fprintf(p->f, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-linejoin=\"round\" d=\"",
            colour_of(series));
    for (int i = 0; i < s->count; i++) {
        bool shown = plm_cli_chart_shows(p->chart, s->x[i], s->y[i]);
        if (shown)
            fprintf(p->f, "%c%.1f %.1f", joined ? 'L' : 'M', x_of(p, s->x[i]), y_of(p, s->y[i]));
        joined = shown;
    }
    fputs("\"/>\n", p->f);
}

static void put_mark(const picture *p, int series)
{
    const plm_cli_series *s = &p->chart->series[series];
    if (!plm_cli_chart_shows(p->chart, s->x[0], s->y[0]))
        return;
    double x = x_of(p, s->x[0]), y = y_of(p, s->y[0]);
    fprintf(p->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\" stroke=\"#ffffff\"/>\n", x, y,
            colour_of(series));
    if (s->mark)
        words(p, x, y - 10, "middle", " font-weight=\"bold\"", (char[]){s->mark, 0});
}

/* The width of a text is guessed: SVG has no way to ask. */
static int width_of(const plm_cli_series *s)
{
    return (int)strlen(s->name) * LETTER + 44;
}

static bool has_legend(const plm_cli_chart *c)
{
    return c->count > 1;
}

/* Draws the legend, or only counts its lines when p is NULL. */
static int legend(const picture *p, const plm_cli_chart *c, int top)
{
    int x = LEFT, lines = 1;
    for (int s = 0; s < c->count; s++) {
        if (!c->series[s].name)
            continue;
        if (x > LEFT && x + width_of(&c->series[s]) > WIDTH - RIGHT) {
            x = LEFT;
            lines++;
        }
        int y = top + (lines - 1) * LEGEND_LINE;
        if (p && c->series[s].count == 1)
            fprintf(p->f, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"%s\"/>\n", x + 11, y - 4, colour_of(s));
        else if (p)
            fprintf(p->f, "<path d=\"M%d %dh22\" stroke=\"%s\" stroke-width=\"2.5\"/>\n", x, y - 4,
                    colour_of(s));
        if (p)
            words(p, x + 28, y, "start", "", c->series[s].name);
        x += width_of(&c->series[s]);
    }
    return lines;
}

bool plm_cli_chart_svg(FILE *out, const plm_cli_chart *c)
{
    picture p = {.f = out, .chart = c, .top = c->title ? 44 : 20};
    int first = p.top + 8;
    if (has_legend(c))
        p.top += 8 + legend(NULL, c, first) * LEGEND_LINE;
    if (!plm_cli_chart_axes(c, 9, 7, &p.x, &p.y))
        return false;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333333\">\n<rect width=\"%d\" height=\"%d\" "
            "fill=\"#ffffff\"/>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
    if (c->title)
        words(&p, WIDTH / 2.0, 28, "middle", " font-size=\"16\" font-weight=\"bold\"", c->title);
    if (has_legend(c))
        legend(&p, c, first);
    put_axes(&p);
    for (int s = 0; s < c->count; s++)
        if (c->series[s].count > 1)
            put_line(&p, s);
    for (int s = 0; s < c->count; s++)
        if (c->series[s].count == 1)
            put_mark(&p, s);
    fputs("</svg>\n", out);
    return !ferror(out);
}

int plm_cli_chart_save(const plm_cli_chart *c, const char *path)
{
    char *part = plm_cli_format("%s.part", path);
    FILE *f = fopen(part, "w");
    bool good = f && plm_cli_chart_svg(f, c) && plm_cli_flushed(f);
    good = f && !fclose(f) && good;
    good = good && !rename(part, path);
    int code = good ? PLM_EXIT_GOOD
                    : plm_cli_fail(PLM_EXIT_IO, path, "is the disk full? May you write there?",
                                   "cannot write the picture: %s", strerror(errno));
    if (!good && f)
        remove(part);
    free(part);
    return code;
}
