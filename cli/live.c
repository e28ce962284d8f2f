/* Draws the doctor's measurements while a net trains, see live.h. */
#include "live.h"

#include <stdlib.h>

#include "file.h"
#include "plot/plot.h"

/* Returns the part of a screen that the picture may fill. others: number of lines that are kept for
 * other texts. */
static plm_draw_screen part_of(plm_screen s, int others)
{
    enum { LEAST = 5 };
    const int height = s.terminal ? s.height - others : INT16_MAX;
    return (plm_draw_screen){.width = s.terminal ? s.width - 1 : plm_screen_page(s),
                             .height = height < LEAST ? LEAST : height,
                             .colour = s.colour};
}

/* Draws the heat maps of a plot as text, to be freed. NULL = out of memory, or nothing was
 * measured. */
static char *drawn(const plm_plot *p, const plm_draw_screen *screen)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = plm_cli_memory(&text, &length);
    if (f == NULL)
        return NULL;
    const bool whole = p->heats > 0 && plm_heat_strips(f, p->heat, p->heats, screen) == 0;
    if (fclose(f) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

/* Draws the heat maps for the measurements of a diagnosis, as text. */
static char *drawn_of(plm *w, const plm_diagnosis *d, plm_screen s, int others)
{
    plm_plot p = {0};
    const plm_draw_screen screen = part_of(s, others);
    char *text = plm_plot_readings(w, d, &p) >= 0 ? drawn(&p, &screen) : NULL;
    plm_plot_free(&p);
    return text;
}

/* Makes the picture again. */
static void make(plm_cli_live *l, int others)
{
    const plm_run_training *t = l->training;
    plm_cli_live_free(l);
    if (t != NULL && t->doctor != NULL)
        l->text = drawn_of(t->w, t->doctor, plm_cli_screen_of(stderr), others);
    for (const char *c = l->text; c != NULL && *c != '\0'; c++)
        l->lines += *c == '\n';
}

/* The picture leaves three lines of the terminal free, for the progress line and for two lines with
 * epochs and findings. */
void plm_cli_live_make(plm_cli_live *l)
{
    enum { PROGRESS = 3 };
    make(l, PROGRESS);
}

/* prints the picture a last time; the results of the run will be printed below it */
void plm_cli_live_end(plm_cli_live *l)
{
    enum { RESULTS = 9 };
    make(l, RESULTS);
    if (l->text != NULL)
        fputs(l->text, stderr);
}

void plm_cli_live_print(plm *w, const plm_diagnosis *d)
{
    enum { FINDINGS = 12 };
    char *text = drawn_of(w, d, plm_cli_screen_of(stdout), FINDINGS);
    if (text != NULL)
        printf("%s\n", text);
    free(text);
}

void plm_cli_live_free(plm_cli_live *l)
{
    free(l->text);
    l->text = NULL;
    l->lines = 0;
}
