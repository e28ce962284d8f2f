/* Shows the progress of a fit, see progress.h. */
#include "progress.h"

#include <math.h>

plm_cli_progress plm_cli_progress_new(bool quiet, int64_t batch)
{
    return (plm_cli_progress){.screen = plm_cli_screen_of(stderr),
                              .quiet = quiet,
                              .drawn_at = -1,
                              .lines = {.batch = batch, .best = INFINITY}};
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

/* Prints the current picture above the progress line, which is redrawn below it. */
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
    plm_text line = {0};
    if (p->quiet || !p->screen.redraw || e->seconds - p->drawn_at < 0.1)
        return;
    p->drawn_at = e->seconds;
    p->screen = plm_cli_screen_of(stderr); /* the terminal may be wider now */
    plm_batch_line_add(&p->lines, p->screen, e, &line);
    if (p->live != NULL)
        plm_cli_live_make(p->live);
    plm_cli_progress_clear(p);
    put_picture(p);
    plm_cli_print(stderr, &line);
    fflush(stderr);
    p->drawn = true;
}

void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e)
{
    plm_text line = {0};
    double seconds = 0;
    const bool best = plm_epoch_lines_take(&p->lines, e, &seconds);
    if (p->quiet)
        return;
    plm_cli_progress_clear(p);
    p->screen = plm_cli_screen_of(stderr);
    const int left_out = plm_epoch_lines_choose(&p->lines, p->screen, e);
    if (left_out)
        plm_cli_note(
            "(the terminal is too narrow for %d of the %d values of an epoch: history.csv has all)",
            left_out, plm_log_shown(e));
    plm_epoch_line_add(&p->lines, p->screen, e, best, seconds, &line);
    plm_cli_print(stderr, &line);
    put_picture(p);
    fflush(stderr);
}
