/* Draws what the doctor measures while a net trains, see live.h. */
#include "live.h"

#include <stdlib.h>

#include "file.h"
#include "plot/plot.h"

/* Returns the screen for the picture on stderr. others: lines of the terminal that are reserved for
 * other texts. */
static plm_draw_screen screen_now(int others)
{
    enum { LEAST = 5 };
    const plm_screen s = plm_cli_screen_of(stderr);
    const int height = s.terminal ? s.height - others : INT16_MAX;
    return (plm_draw_screen){.width = s.terminal ? s.width - 1 : plm_screen_page(s),
                             .height = height < LEAST ? LEAST : height,
                             .colour = s.colour};
}

/* Draws the maps of a plot. If memory runs out, or before the first reading, the text is empty. */
static void draw(plm_cli_live *l, const plm_plot *p, int others)
{
    const plm_draw_screen screen = screen_now(others);
    size_t length = 0;
    FILE *f = plm_cli_memory(&l->text, &length);
    if (f == NULL)
        return;
    const bool drawn = p->heats > 0 && plm_heat_strips(f, p->heat, p->heats, &screen) == 0;
    if (fclose(f) != 0 || !drawn) {
        free(l->text);
        l->text = NULL;
    }
}

/* Makes the picture anew. */
static void make(plm_cli_live *l, int others)
{
    plm_plot p = {0};
    plm_cli_live_free(l);
    if (l->training != NULL && l->training->doctor != NULL &&
        plm_plot_readings(l->training->w, l->training->doctor, &p) >= 0)
        draw(l, &p, others);
    plm_plot_free(&p);
    for (const char *c = l->text; c != NULL && *c != '\0'; c++)
        l->lines += *c == '\n';
}

/* three lines below the picture stay free: the progress line, and two lines of epochs and
 * findings */
void plm_cli_live_make(plm_cli_live *l)
{
    enum { PROGRESS = 3 };
    make(l, PROGRESS);
}

/* the results of the run will be below the picture */
void plm_cli_live_end(plm_cli_live *l)
{
    enum { RESULTS = 9 };
    make(l, RESULTS);
    if (l->text != NULL)
        fputs(l->text, stderr);
}

void plm_cli_live_free(plm_cli_live *l)
{
    free(l->text);
    l->text = NULL;
    l->lines = 0;
}
