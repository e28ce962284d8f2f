/* Shows the progress of a fit: a line that is redrawn while an epoch runs, and a line of metrics
 * after each epoch. The redrawn line is made of pieces. If it is too wide, the least important
 * pieces are left out. */
#include "progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Max number of pieces, bytes of a piece, and width of the bar. */
enum { PIECES = 64, PIECE_ROOM = 80, BAR = 10 };

/* A piece of the redrawn line. */
typedef struct {
    char text[PIECE_ROOM];
    int rank; /* importance: 0 is always kept, the highest is left out first */
    int gap;  /* number of blanks before it */
    plm_cli_paint paint;
} piece;

typedef struct {
    piece at[PIECES];
    int count;
} line;

/* Appends a piece. Beyond PIECES pieces it does nothing. */
static void put(line *l, int rank, int gap, plm_cli_paint paint, const char *text)
{
    if (l->count == PIECES)
        return;
    piece *p = &l->at[l->count++];
    *p = (piece){.rank = rank, .gap = gap, .paint = paint};
    snprintf(p->text, sizeof p->text, "%s", text);
}

static int width_of(const line *l)
{
    int width = 0;
    for (int i = 0; i < l->count; i++)
        width += l->at[i].gap + (int)strlen(l->at[i].text);
    return width;
}

/* Leaves out pieces, the least important first, until the line fits the width. If a single piece is
 * too wide, it is cut. */
static void fit(line *l, int width)
{
    while (width_of(l) > width && l->count > 1) {
        int out = 0;
        for (int i = 1; i < l->count; i++)
            if (l->at[i].rank >= l->at[out].rank)
                out = i;
        memmove(&l->at[out], &l->at[out + 1], (size_t)(l->count - out - 1) * sizeof *l->at);
        l->count--;
    }
    if (width_of(l) > width)
        l->at[0].text[width > 0 ? width : 0] = 0;
}

static void print(const line *l, plm_cli_screen screen)
{
    for (int i = 0; i < l->count; i++) {
        const piece *p = &l->at[i];
        fprintf(stderr, "%*s%s%s%s", i ? p->gap : 0, "",
                p->paint ? plm_cli_paint_begin(screen, p->paint) : "", p->text,
                p->paint ? plm_cli_paint_begin(screen, PLM_PLAIN) : "");
    }
}

/* Appends the number of the epoch, such as "epoch  4/100". unit: the word before it; "" = none. */
static void put_epoch(line *l, const char *unit, const plm_event *e)
{
    char total[24], text[64];
    int digits = snprintf(total, sizeof total, "%lld", (long long)e->epochs);
    snprintf(text, sizeof text, "%.12s%s%*lld/%s", unit, *unit ? " " : "", digits,
             (long long)e->epoch + 1, total);
    put(l, 0, 0, PLM_BOLD, text);
}

static const char *unit_of(const plm_cli_progress *p)
{
    return p->brief ? "" : p->unit ? p->unit : "epoch";
}

static void put_log(line *l, int rank, const plm_log *log)
{
    char value[32], text[PIECE_ROOM], name[41];
    plm_cli_log_figure(value, sizeof value, log->value, 10);
    plm_printable(log->name, name, sizeof name);
    snprintf(text, sizeof text, "%s %s", name, value);
    put(l, rank, 1, PLM_PLAIN, text);
}

/* Appends a bar such as "[===>      ]". share: from 0 to 1. */
static void put_bar(line *l, double share)
{
    char text[BAR + 3] = "[";
    int full = (int)(share * BAR);
    for (int i = 0; i < BAR; i++)
        text[i + 1] = i < full ? '=' : i == full ? '>' : ' ';
    text[BAR + 1] = ']';
    put(l, 6, 1, PLM_CYAN, text);
}

/* Appends the time that is left in the epoch. It is left out if it is unknown or absurdly long. */
static void put_time_left(line *l, double seconds)
{
    char text[32];
    if (!(seconds >= 0) || seconds > 1e7)
        return;
    long left = (long)ceil(seconds);
    if (left >= 3600)
        snprintf(text, sizeof text, "ETA %ld:%02ld:%02ld", left / 3600, left / 60 % 60, left % 60);
    else
        snprintf(text, sizeof text, "ETA %ld:%02ld", left / 60, left % 60);
    put(l, 2, 1, PLM_PLAIN, text);
}

/* Appends the bar, the batches and the time left. If the number of rows is unknown, only the rows
 * so far. */
static void put_steps(line *l, const plm_cli_progress *p, const plm_event *e)
{
    char text[64];
    int64_t batch = p->batch > 0 ? p->batch : 1, step = (e->row + batch - 1) / batch;
    if (e->rows <= 0) {
        snprintf(text, sizeof text, "%lld row%s", (long long)e->row, e->row == 1 ? "" : "s");
        put(l, 3, 1, PLM_PLAIN, text);
        return;
    }
    char total[24];
    int digits = snprintf(total, sizeof total, "%lld", (long long)((e->rows + batch - 1) / batch));
    put_bar(l, (double)e->row / (double)e->rows);
    snprintf(text, sizeof text, "%*lld/%s", digits, (long long)step, total);
    put(l, 3, 1, PLM_PLAIN, text);
    put_time_left(l, e->rows_per_second > 0 ? (double)(e->rows - e->row) / e->rows_per_second : -1);
}

plm_cli_progress plm_cli_progress_new(bool quiet, int64_t batch)
{
    return (plm_cli_progress){.screen = plm_cli_screen_of(stderr),
                              .quiet = quiet,
                              .batch = batch,
                              .drawn_at = -1,
                              .best = INFINITY};
}

void plm_cli_progress_clear(plm_cli_progress *p)
{
    if (p->drawn && p->above > 0)
        fprintf(stderr, "\r\033[%dA\033[J", p->above);
    else if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
    p->above = 0;
}

/* Prints the picture as it was made last, above the place of the redrawn line. */
static void put_picture(plm_cli_progress *p)
{
    if (p->live == NULL || p->live->text == NULL || !p->screen.redraw)
        return;
    fputs(p->live->text, stderr);
    p->above = p->live->lines;
    p->drawn = true;
}

void plm_cli_progress_batch(plm_cli_progress *p, const plm_event *e)
{
    if (p->quiet || !p->screen.redraw || e->seconds - p->drawn_at < 0.1)
        return;
    char rate[32];
    p->drawn_at = e->seconds;
    line l = {0};
    put_epoch(&l, unit_of(p), e);
    put_steps(&l, p, e);
    plm_cli_log_rate(rate, sizeof rate, e->rows_per_second);
    put(&l, 5, 1, PLM_PLAIN, rate);
    for (int i = 0; i < e->logs && i < 8; i++)
        put_log(&l, i == 0 ? 1 : plm_cli_log_rank(e->log[i].name, i) - 9, &e->log[i]);
    fit(&l, plm_cli_width(stderr) - 1); /* a line of full width would wrap on some terminals */
    if (p->live != NULL)
        plm_cli_live_make(p->live);
    plm_cli_progress_clear(p);
    put_picture(p);
    print(&l, p->screen);
    fflush(stderr);
    p->drawn = true;
}

/* True if this epoch has the lowest validation loss so far. */
static bool is_best(plm_cli_progress *p, const plm_event *e)
{
    for (int i = 0; i < e->logs; i++) {
        if (strcmp(e->log[i].name, "val_loss") != 0 || !(e->log[i].value < p->best))
            continue;
        p->best = e->log[i].value;
        return true;
    }
    return false;
}

/* Chooses the columns of the epochs' lines, at the first epoch and whenever other metrics are
 * measured. The word "epoch" is left out if more metrics fit without it. A note says how many do
 * not fit. */
static void choose_columns(plm_cli_progress *p, const plm_event *e)
{
    const int width = p->screen.terminal ? plm_cli_width(stderr) - 1 : 0;
    line full = {0}, brief = {0};
    plm_cli_log_line more = p->columns;
    put_epoch(&full, "epoch", e);
    put_epoch(&brief, "", e);
    const int logs = plm_cli_log_shown(e);
    if (!plm_cli_log_line_choose(&p->columns, width, width_of(&full), logs, e->log))
        return;
    plm_cli_log_line_choose(&more, width, width_of(&brief), logs, e->log);
    p->brief = more.count > p->columns.count;
    if (p->brief)
        p->columns = more;
    if (p->columns.left_out)
        plm_cli_note("(the terminal has no place for %d of %d figures: history.csv has all)",
                     p->columns.left_out, logs);
}

void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e)
{
    line l = {0};
    const bool best = is_best(p, e);
    const double seconds = e->seconds - p->epoch_began;
    p->epoch_began = e->seconds;
    if (p->quiet)
        return;
    plm_cli_progress_clear(p);
    choose_columns(p, e);
    put_epoch(&l, unit_of(p), e);
    print(&l, p->screen);
    plm_cli_log_line_print(&p->columns, stderr, e->log, best, seconds, e->rows_per_second);
    fputc('\n', stderr);
    put_picture(p);
    fflush(stderr);
}
