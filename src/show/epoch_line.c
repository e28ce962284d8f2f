/* Writes the lines that a fit prints, see epoch_line.h. There are two kinds: the line of a batch,
 * which is overwritten many times a second and must fit the width, and the line of an epoch, which
 * stays and is aligned in columns. The line of a batch is made of pieces. If it is too wide, the
 * least important pieces are left out. */
#include "show/epoch_line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"

/* PIECES: max number of pieces. PIECE_ROOM: max bytes of a piece. BAR: width of the progress bar.
 * */
enum { PIECES = 64, PIECE_ROOM = 80, BAR = 10 };

/* A piece of the redrawn line. */
typedef struct {
    char text[PIECE_ROOM];
    int rank;        /* importance: pieces of rank 0 are always kept, those of the highest rank are
                      * left out first */
    int gap;         /* number of blanks before it */
    plm_paint paint; /* colour, if the terminal has any */
} piece;

typedef struct {
    piece at[PIECES];
    int count; /* pieces so far */
} line;

/* Appends a piece. Does nothing if the line has PIECES pieces already. */
static void put(line *l, int rank, int gap, plm_paint paint, const char *text)
{
    if (l->count == PIECES)
        return;
    piece *p = &l->at[l->count++];
    *p = (piece){.rank = rank, .gap = gap, .paint = paint};
    snprintf(p->text, sizeof p->text, "%s", text);
}

/* Returns the width of a line in letters. */
static int width_of(const line *l)
{
    int width = 0;
    for (int i = 0; i < l->count; i++)
        width += l->at[i].gap + (int)strlen(l->at[i].text);
    return width;
}

/* Leaves out pieces, the least important first, until the line fits the width. If a single piece is
 * too wide, it is cut. Among pieces of equal rank the last one is left out, so a line loses its
 * metrics from the right. */
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

/* Appends a line to a text. */
static void add(const line *l, plm_screen s, plm_text *out)
{
    for (int i = 0; i < l->count; i++) {
        plm_text_add_blanks(out, i ? l->at[i].gap : 0);
        plm_text_paint(out, s, l->at[i].paint, "%s", l->at[i].text);
    }
}

/* Appends the number of the epoch, such as "epoch 4/100". unit: the word before the number; "" = no
 * word. */
static void put_epoch(line *l, const char *unit, const plm_event *e)
{
    char total[24], text[64];
    int digits = snprintf(total, sizeof total, "%lld", (long long)e->epochs);
    snprintf(text, sizeof text, "%.12s%s%*lld/%s", unit, *unit ? " " : "", digits,
             (long long)e->epoch + 1, total);
    put(l, 0, 0, PLM_BOLD, text);
}

/* Returns the word for an epoch. */
static const char *unit_of(const plm_epoch_lines *p)
{
    return p->brief ? "" : p->unit ? p->unit : "epoch";
}

/* Appends a metric, such as "loss 0.0431". */
static void put_log(line *l, int rank, const plm_log *log)
{
    char value[32], text[PIECE_ROOM], name[41];
    plm_log_number(value, sizeof value, log->value, 10);
    plm_printable(log->name, name, sizeof name);
    snprintf(text, sizeof text, "%s %s", name, value);
    put(l, rank, 1, PLM_PLAIN, text);
}

/* Appends a progress bar such as "[===>      ]". share: from 0 to 1. */
static void put_bar(line *l, double share)
{
    char text[BAR + 3] = "[";
    int full = (int)(share * BAR);
    for (int i = 0; i < BAR; i++)
        text[i + 1] = i < full ? '=' : i == full ? '>' : ' ';
    text[BAR + 1] = ']';
    put(l, 6, 1, PLM_CYAN, text);
}

/* Appends the remaining time of the epoch. It is left out if it is unknown or longer than any
 * training. */
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

/* Appends the progress bar, the batches and the remaining time. If the number of rows is unknown,
 * appends only the number of rows so far. */
static void put_steps(line *l, const plm_epoch_lines *p, const plm_event *e)
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

/* Makes all pieces, each with its rank, then leaves out those that do not fit. The first metric is
 * the loss, which is left out last. */
void plm_batch_line_add(const plm_epoch_lines *p, plm_screen s, const plm_event *e, plm_text *out)
{
    char rate[32];
    line l = {0};
    put_epoch(&l, unit_of(p), e);
    put_steps(&l, p, e);
    plm_log_rate(rate, sizeof rate, e->rows_per_second);
    put(&l, 5, 1, PLM_PLAIN, rate);
    for (int i = 0; i < e->logs && i < 8; i++)
        put_log(&l, i == 0 ? 1 : plm_log_rank(e->log[i].name, i) - 9, &e->log[i]);
    fit(&l, s.width - 1); /* a line of full width would wrap on some terminals */
    add(&l, s, out);
}

/* Returns the index of the value in the logs that decides the best epoch; -1 = there is none. A
 * value of exactly this name comes first. */
static int decider(const plm_epoch_lines *p, const plm_event *e)
{
    const plm_epochs_monitor usual = {.name = "val_loss"};
    const plm_epochs_monitor *m = p->monitor.name[0] ? &p->monitor : &usual;
    for (int i = 0; i < e->logs; i++)
        if (strcmp(e->log[i].name, m->name) == 0)
            return i;
    for (int i = 0; i < e->logs; i++)
        if (plm_epochs_monitors(m, e->log[i].name))
            return i;
    return -1;
}

/* True if the metric that decides the best epoch is better than in all epochs before. In an epoch
 * without a validation the metric is NaN, so it is never the best. p->best is negative if larger
 * values are better, so that lower is always better. *seconds = duration of the epoch, validation
 * included. Nets that train side by side have separate clocks, so an epoch may seem to end before
 * the last reported one; its duration is then 0. */
bool plm_epoch_lines_take(plm_epoch_lines *p, const plm_event *e, double *seconds)
{
    *seconds = fmax(0, e->seconds - p->epoch_began);
    p->epoch_began = fmax(p->epoch_began, e->seconds);
    const int at = decider(p, e);
    if (at < 0 || e->epoch < p->monitor.first)
        return false;
    const double value = p->monitor.larger ? -e->log[at].value : e->log[at].value;
    if (!(value + p->monitor.delta < p->best))
        return false;
    p->best = value;
    return true;
}

/* Chooses the columns of the lines. The word "epoch" is left out if more metrics fit without it.
 * Returns the number of metrics that have no column; 0 also if the columns are unchanged. */
int plm_epoch_lines_choose(plm_epoch_lines *p, plm_screen s, const plm_event *e)
{
    const int width = s.terminal ? s.width - 1 : 0, logs = plm_log_shown(e);
    line full = {0}, brief = {0};
    plm_log_line more = p->columns;
    put_epoch(&full, "epoch", e);
    put_epoch(&brief, "", e);
    if (!plm_log_line_choose(&p->columns, width, width_of(&full), logs, e->log))
        return 0;
    plm_log_line_choose(&more, width, width_of(&brief), logs, e->log);
    p->brief = more.count > p->columns.count;
    if (p->brief)
        p->columns = more;
    return p->columns.left_out;
}

/* Appends the number of the epoch, then its metrics in the chosen columns. */
void plm_epoch_line_add(const plm_epoch_lines *p, plm_screen s, const plm_event *e, bool best,
                        double seconds, plm_text *out)
{
    line l = {0};
    put_epoch(&l, unit_of(p), e);
    add(&l, s, out);
    plm_log_line_add(&p->columns, s, e->log, best, seconds, e->rows_per_second, out);
    plm_text_add(out, "\n");
}
