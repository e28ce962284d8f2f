/* The progress of a fit. A line is made of pieces; where it would be too wide the least telling
 * go first: history.csv has them all. */
#include "progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 64, PIECE_ROOM = 80, BAR = 10 };

typedef struct {
    char text[PIECE_ROOM];
    char brief[PIECE_ROOM]; /* the same with fewer digits, or "" */
    int rank;               /* 0 stays always; the highest goes first */
    int gap;                /* blanks before it */
    plm_cli_paint paint;
} piece;

typedef struct {
    piece at[PIECES];
    int count;
} line;

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

/* Says less of pieces, then leaves some out, until the line fits. */
static void fit(line *l, int width)
{
    for (int i = 0; i < l->count && width_of(l) > width; i++)
        if (*l->at[i].brief)
            memcpy(l->at[i].text, l->at[i].brief, sizeof l->at[i].text);
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

static void put_epoch(line *l, const plm_event *e)
{
    char total[24], text[64];
    int digits = snprintf(total, sizeof total, "%lld", (long long)e->epochs);
    snprintf(text, sizeof text, "epoch %*lld/%s", digits, (long long)e->epoch + 1, total);
    put(l, 0, 0, PLM_BOLD, text);
}

static void put_rate(line *l, int rank, double rate)
{
    char text[32];
    if (!(rate > 0) || !isfinite(rate))
        return;
    if (rate >= 1e6)
        snprintf(text, sizeof text, "%.2fM/s", rate / 1e6);
    else if (rate >= 1e3)
        snprintf(text, sizeof text, "%.1fk/s", rate / 1e3);
    else
        snprintf(text, sizeof text, "%.0f/s", rate);
    put(l, rank, 1, PLM_PLAIN, text);
}

/* Of a number that is shown as 9.500e-04: 9.5e-4. */
static void put_brief(piece *p, const plm_log *log)
{
    char value[32];
    snprintf(value, sizeof value, "%.1e", log->value);
    char *power = strchr(value, 'e');
    if (!power || !strchr(strrchr(p->text, ' '), 'e'))
        return;
    const int size = (int)strtol(power + 1, NULL, 10);
    snprintf(p->brief, sizeof p->brief, "%.40s %.*se%d", log->name, (int)(power - value), value,
             size);
}

static void put_log(line *l, int rank, int gap, const plm_log *log)
{
    char value[32], text[PIECE_ROOM];
    plm_cli_figure(value, sizeof value, log->value);
    snprintf(text, sizeof text, "%.40s %s", log->name, value);
    const int before = l->count;
    put(l, rank, gap, PLM_PLAIN, text);
    if (l->count > before)
        put_brief(&l->at[before], log);
}

static bool of_validation(const plm_log *log)
{
    return !strncmp(log->name, "val_", 4);
}

/* The most telling figures have the lowest ranks: the loss, that of the validation, a metric of
 * the validation, the same in training, the next metric, ... and last the losses of single
 * outputs and the learning rate. k: which of its half. */
static int rank_of(const plm_log *log, int k)
{
    const bool validation = of_validation(log);
    const char *name = log->name + (validation ? 4 : 0);
    int rank = 2 * k + (validation ? 0 : 1);
    if (!strcmp(name, "loss"))
        return validation ? 2 : 1;
    if (!strcmp(name, "learning_rate"))
        return 300;
    return (plm_cli_ends(name, "_loss") ? 200 : 10) + rank;
}

static void put_bar(line *l, double share)
{
    char text[BAR + 3] = "[";
    int full = (int)(share * BAR);
    for (int i = 0; i < BAR; i++)
        text[i + 1] = i < full ? '=' : i == full ? '>' : ' ';
    text[BAR + 1] = ']';
    put(l, 6, 1, PLM_CYAN, text);
}

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

static void put_steps(line *l, const plm_cli_progress *p, const plm_event *e)
{
    char text[64];
    int64_t batch = p->batch > 0 ? p->batch : 1, step = (e->row + batch - 1) / batch;
    if (e->rows <= 0) {
        snprintf(text, sizeof text, "%lld rows", (long long)e->row);
        put(l, 3, 1, PLM_PLAIN, text);
        return;
    }
    char total[24];
    int digits = snprintf(total, sizeof total, "%lld", (long long)((e->rows + batch - 1) / batch));
    put_bar(l, (double)e->row / (double)e->rows);
    snprintf(text, sizeof text, "%*lld/%s", digits, (long long)step, total);
    put(l, 3, 1, PLM_PLAIN, text);
    put_time_left(l, e->rate > 0 ? (double)(e->rows - e->row) / e->rate : -1);
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
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

void plm_cli_progress_batch(plm_cli_progress *p, const plm_event *e)
{
    if (p->quiet || !p->screen.redraw || e->seconds - p->drawn_at < 0.1)
        return;
    p->drawn_at = e->seconds;
    line l = {0};
    put_epoch(&l, e);
    put_steps(&l, p, e);
    put_rate(&l, 5, e->rate);
    for (int i = 0; i < e->logs && i < 8; i++)
        put_log(&l, i == 0 ? 1 : rank_of(&e->log[i], i) - 9, 1, &e->log[i]);
    fit(&l, plm_cli_width(stderr) - 1); /* a full line would wrap on some terminals */
    plm_cli_progress_clear(p);
    print(&l, p->screen);
    fflush(stderr);
    p->drawn = true;
}

/* Whether this epoch has the lowest validation loss so far. */
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

static void put_seconds(line *l, double seconds)
{
    char text[32];
    if (seconds < 0.1)
        snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
    else
        snprintf(text, sizeof text, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    put(l, 400, 2, PLM_FAINT, text);
}

void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e)
{
    line l = {0};
    bool best = is_best(p, e), validating = false;
    double seconds = e->seconds - p->epoch_began;
    p->epoch_began = e->seconds;
    if (p->quiet)
        return;
    put_epoch(&l, e);
    for (int i = 0, half = 0; i < e->logs && l.count < PIECES - 3; i++) {
        bool first = of_validation(&e->log[i]) && !validating;
        validating = validating || first;
        half = first ? i : half;
        if (of_validation(&e->log[i]) && isnan(e->log[i].value))
            continue; /* this epoch is not validated */
        put_log(&l, rank_of(&e->log[i], i - half), i == 0 || first ? 2 : 1, &e->log[i]);
    }
    if (best)
        put(&l, 3, 1, PLM_GREEN, "*");
    put_seconds(&l, seconds);
    put_rate(&l, 401, e->rate);
    fit(&l, plm_cli_width(stderr) - 1);
    plm_cli_progress_clear(p);
    print(&l, p->screen);
    fputc('\n', stderr);
    fflush(stderr);
}
