/* Writes the differences between two runs, see run_list.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/letters.h"
#include "base/metric_text.h"
#include "assess/epochs.h"
#include "archive/run_known.h"
#include "archive/run_list.h"
#include "run/runfile.h"

/* A row of the comparison of two runs. */
typedef struct {
    const char *text[3]; /* name, value in the first run, value in the second */
} line;

/* The lines so far. */
typedef struct {
    plm_arena arena;
    line *line; /* [count] */
    size_t count, capacity;
    plm_status status;
} comparison;

/* Returns a copy of a text with control characters escaped; "-" for an empty text. */
static const char *copy(comparison *c, const char *text)
{
    plm_text t = {.w = c->arena.w};
    plm_text_add_printable(&t, *text ? text : "-");
    const char *kept = t.failed ? NULL : plm_arena_text(&c->arena, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    return kept;
}

/* Adds a row. If memory runs out, c->status is set. */
static void add(comparison *c, const char *name, const char *a, const char *b)
{
    const line l = {{copy(c, name), copy(c, a), copy(c, b)}};
    c->line = plm_arena_grow(&c->arena, c->line, c->count, &c->capacity, sizeof *c->line);
    if (c->line && l.text[0] && l.text[1] && l.text[2])
        c->line[c->count++] = l;
    else
        c->status = PLM_E_MEMORY;
}

/* Adds the settings that differ. */
static void add_settings(comparison *c, const plm_run_known *a, const plm_run_known *b)
{
    for (int i = 0; plm_run_keys[i].name && c->status >= 0; i++) {
        const char *key = plm_run_keys[i].name;
        const char *one = plm_run_folder_setting(a->folder, key);
        const char *other = plm_run_folder_setting(b->folder, key);
        if (strcmp(one, other) != 0)
            add(c, key, one, other);
    }
}

/* Adds a value of the best epoch of both runs; "-" if a run does not have this value. */
static void add_figure(comparison *c, const char *shown, const char *name, const plm_run_known *a,
                       const plm_run_known *b, bool whole)
{
    const plm_run_known *run[2] = {a, b};
    char text[2][32] = {"", ""};
    for (int i = 0; i < 2; i++) {
        const double value = plm_run_known_value(run[i], name);
        if (whole && isfinite(value))
            snprintf(text[i], sizeof text[i], "%.0f", value);
        else if (run[i]->best >= 0 && plm_epochs_column(&run[i]->history, name) >= 0)
            plm_metric_text(text[i], sizeof text[i], value);
    }
    add(c, shown, text[0], text[1]);
}

/* Adds the states, the best epochs and their metrics. */
static void add_figures(comparison *c, const plm_run_known *a, const plm_run_known *b)
{
    add(c, "state", a->state, b->state);
    add_figure(c, a->validated || b->validated ? "best epoch" : "last epoch", "epoch", a, b, true);
    for (int i = 0; i < a->history.columns && c->status >= 0; i++)
        if (plm_run_known_is_metric(a, a->history.name[i]))
            add_figure(c, a->history.name[i], a->history.name[i], a, b, false);
    for (int i = 0; i < b->history.columns && c->status >= 0; i++) {
        const char *name = b->history.name[i];
        const bool shown =
            plm_epochs_column(&a->history, name) >= 0 && plm_run_known_is_metric(a, name);
        if (!shown && plm_run_known_is_metric(b, name))
            add_figure(c, name, name, a, b, false);
    }
}

/* Appends the rows as a table. width: of each column, in characters. */
static void print_table(const comparison *c, const int width[3], plm_text *out)
{
    for (size_t i = 0; i < c->count; i++)
        for (int k = 0; k < 3; k++) {
            const char *text = c->line[i].text[k];
            plm_text_add(out, text);
            plm_text_add_blanks(out, k < 2 ? width[k] + 2 - plm_utf8_letters(text) : 0);
            plm_text_add(out, k < 2 ? "" : "\n");
        }
}

/* Appends the rows with the two values below each other. The first row holds the names of the runs.
 * */
static void print_blocks(const comparison *c, int room, plm_text *out)
{
    for (size_t i = 0; i < c->count; i++) {
        plm_text_wrap(out, 0, 2, room, c->line[i].text[0]);
        for (int k = 1; k < 3; k++) {
            plm_text_add(out, k == 1 ? "  a: " : "  b: ");
            plm_text_wrap(out, 5, 5, room, c->line[i].text[k]);
        }
    }
}

/* Appends the rows, with the two values side by side if the screen is wide enough. */
static void print(const comparison *c, int room, plm_text *out)
{
    int width[3] = {0};
    for (size_t i = 0; i < c->count; i++)
        for (int k = 0; k < 3; k++) {
            const int letters = plm_utf8_letters(c->line[i].text[k]);
            width[k] = letters > width[k] ? letters : width[k];
        }
    if (!room || width[0] + width[1] + width[2] + 4 <= room)
        print_table(c, width, out);
    else
        print_blocks(c, room, out);
}

/* Compares two runs. Both are opened before anything is compared. A run without epochs has no
 * metrics, but its settings are compared. */
plm_status plm_run_diff(plm *w, const char *a, const char *b, int room, plm_text *out)
{
    comparison c = {.arena = {.w = w}};
    plm_run_known one, other = {.best = -1};
    const uint64_t errors = w->errors;
    plm_status status = plm_run_known_open(w, a, &one);
    if (status >= 0)
        status = plm_run_known_open(w, b, &other);
    if (status >= 0) {
        add(&c, "run", a, b);
        add_settings(&c, &one, &other);
        add_figures(&c, &one, &other);
        status = c.status < 0 ? c.status : plm_memory_since(w, errors);
    }
    if (status >= 0)
        print(&c, room, out);
    plm_run_known_close(&one);
    plm_run_known_close(&other);
    plm_arena_free(&c.arena);
    return status;
}
