/* What the doctor has measured in a run (readings.csv), as a heat map: layers from the output down,
 * measured steps from left to right. Vanishing gradients fade downwards, exploding ones glow, dead
 * layers are bright rows, healthy nets are even. */
#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "base/stream.h"
#include "plot/plot.h"

/* Cells of a row of the file that are used. */
enum { STEP = 0, LAYER = 3, DEAD = 12, DZ = 13, WEIGHT = 14, UPDATE = 16, CELLS = 17, STEPS = 512 };

/* What a map can show. neutral: the value without a colour; limit: decades to the full colour, or
 * of a share the share itself. */
static const struct {
    const char *name, *title, *scale;
    double neutral, limit;
} shown[] = {
    {"gradient", "gradient of each layer (rms of dz)",
     "colour: decades above 1e-4 (orange) or below (blue)", 1e-4, 5},
    {"update", "size of each step, relative to the weights of the layer",
     "colour: decades above 1e-3 (orange) or below (blue)", 1e-3, 4},
    {"dead", "share of dead units", "colour: the share, from 0 to 1", 0, 1},
};

/* The readings of a run: value[step * layers + layer]. */
typedef struct {
    const char **layer; /* [layers] */
    int64_t *step;      /* [steps] */
    double *value;
    int layers, steps, capacity;
} readings;

/* Returns the end of a cell: the quote that closes it, a comma, a line's end or the text's. */
static char *cell_end(char *at, bool quoted)
{
    while (quoted ? *at != '\0' && !(at[0] == '"' && at[1] != '"')
                  : *at != '\0' && *at != ',' && *at != '\n')
        at++;
    return at;
}

/* Cuts the next line into its cells, which are ended in place. Returns the rest; NULL = no line. */
static char *cut_line(char *at, char *cell[CELLS])
{
    int count = 0;
    if (*at == '\0')
        return NULL;
    for (int i = 0; i < CELLS; i++)
        cell[i] = "";
    for (bool ends = false; !ends; at++) {
        const bool quoted = *at == '"';
        char *begin = quoted ? ++at : at;
        char *end = cell_end(at, quoted);
        at = end + (quoted && *end != '\0');
        ends = *at != ',';
        if (*at == '\0')
            at--; /* the next line begins at the end of the text */
        *end = '\0';
        if (count < CELLS)
            cell[count++] = begin;
    }
    return at;
}

/* Returns the number of a cell; NaN = it is empty. */
static double number(const char *cell)
{
    const char *end = cell;
    const double value = plm_text_number(cell, &end);
    return end != cell ? value : (double)NAN;
}

/* Returns what the map shows of a row. */
static double value_of(char *const cell[CELLS], int what)
{
    return what == 0   ? number(cell[DZ])
           : what == 1 ? number(cell[UPDATE]) / number(cell[WEIGHT])
                       : number(cell[DEAD]);
}

/* Counts the layers: rows until the step changes. */
static int count_layers(const char *text)
{
    int count = 0;
    const char *first = strchr(text, '\n');
    for (const char *line = first; line != NULL && line[1] != '\0'; line = strchr(line + 1, '\n')) {
        const size_t length = strcspn(first + 1, ",");
        if (strncmp(line + 1, first + 1, length + 1) != 0)
            break;
        count++;
    }
    return count;
}

/* Reads the rows. The last one may only say that a number was not finite. */
static plm_status read(plm *w, plm_plot *p, char *text, int what, readings *r)
{
    char *cell[CELLS];
    int at = 0;
    r->layers = count_layers(text);
    r->layer = plm_arena_array(&p->arena, (size_t)r->layers + 1, sizeof *r->layer);
    r->step = plm_arena_array(&p->arena, STEPS, sizeof *r->step);
    r->value = plm_arena_array(&p->arena, (size_t)(r->layers + 1) * STEPS, sizeof *r->value);
    if (r->layer == NULL || r->step == NULL || r->value == NULL)
        return plm_fail_memory(w, "plot doctor");
    text = cut_line(text, cell); /* the header */
    while (text != NULL && (text = cut_line(text, cell)) != NULL && r->steps < STEPS) {
        if (*cell[DZ] == '\0' && *cell[WEIGHT] == '\0' && *cell[6] == '\0')
            continue;
        r->layer[at] = plm_arena_text(&p->arena, cell[LAYER], SIZE_MAX);
        if (r->layer[at] == NULL)
            return plm_fail_memory(w, "plot doctor");
        r->step[r->steps] = (int64_t)number(cell[STEP]);
        r->value[r->steps * r->layers + at] = value_of(cell, what);
        at = (at + 1) % r->layers;
        r->steps += at == 0;
    }
    return PLM_OK;
}

/* Fills a cell. */
static plm_status fill(plm_plot *p, double value, int what, plm_heat_cell *cell)
{
    const bool share = what == 2;
    *cell = (plm_heat_cell){.value = (double)NAN};
    if (isnan(value))
        return PLM_OK;
    cell->value = share       ? value
                  : value > 0 ? log10(value / shown[what].neutral)
                              : -shown[what].limit;
    cell->text[0] = share ? plm_arena_format(&p->arena, "%.2f", value)
                          : plm_arena_format(&p->arena, "%.0e", value);
    return cell->text[0] != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Makes the map from at most `columns` of the measured steps, evenly spaced in their order. */
static plm_status make(plm *w, plm_plot *p, const readings *r, int what, int columns)
{
    plm_arena *a = &p->arena;
    const int shown_steps = r->steps < columns ? r->steps : columns;
    const size_t cells = (size_t)(r->layers * shown_steps) + 1;
    plm_heat_cell *cell = plm_arena_array(a, cells, sizeof *cell);
    const char **row = plm_arena_array(a, (size_t)r->layers + 1, sizeof *row);
    const char **column = plm_arena_array(a, (size_t)shown_steps + 1, sizeof *column);
    p->heat = plm_arena_take(a, sizeof *p->heat);
    if (cell == NULL || row == NULL || column == NULL || p->heat == NULL)
        return plm_fail_memory(w, "plot doctor");
    for (int k = 0; k < shown_steps; k++) {
        const int at = shown_steps > 1 ? k * (r->steps - 1) / (shown_steps - 1) : 0;
        column[k] = plm_arena_format(a, "%lld", (long long)r->step[at]);
        for (int i = 0; i < r->layers; i++)
            PLM_TRY(fill(p, r->value[at * r->layers + r->layers - 1 - i], what,
                         &cell[i * shown_steps + k]));
        if (column[k] == NULL)
            return PLM_E_MEMORY;
    }
    for (int i = 0; i < r->layers; i++)
        row[i] = r->layer[r->layers - 1 - i];
    *p->heat = (plm_heat){.title = shown[what].title,
                          .scale = shown[what].scale,
                          .rows = r->layers,
                          .columns = shown_steps,
                          .row = row,
                          .column = column,
                          .cell = cell,
                          .limit = shown[what].limit};
    return PLM_OK;
}

/* Returns the number of a map; -1 = there is none of this name. */
static int find(const char *name)
{
    for (int i = 0; i < (int)(sizeof shown / sizeof shown[0]); i++)
        if (strcmp(shown[i].name, name) == 0)
            return i;
    return -1;
}

plm_status plm_plot_doctor(plm *w, const char *folder, const char *what, int columns, plm_plot *out)
{
    plm_text text = {.w = w};
    readings r = {0};
    const int map = find(what);
    PLM_TRY(plm_plot_begin(w, 0, out));
    if (map < 0)
        return plm_fail(w, PLM_E_SPEC, what, "gradient, update or dead", "there is no map '%s'",
                        what);
    const char *path = plm_arena_format(&out->arena, "%s/readings.csv", folder);
    plm_status status = path != NULL ? plm_read_text(w, path, &text) : PLM_E_MEMORY;
    char *copy = plm_arena_take(&out->arena, text.length + 1);
    if (status >= 0 && copy == NULL)
        status = PLM_E_MEMORY;
    if (status >= 0) {
        memcpy(copy, plm_text_get(&text), text.length);
        status = read(w, out, copy, map, &r);
    }
    plm_text_free(&text);
    if (status >= 0 && r.steps == 0)
        status = plm_fail(w, PLM_E_DATA, folder, "plummet train RUNFILE doctor=true writes them",
                          "the run has no readings");
    return status < 0 ? status : make(w, out, &r, map, columns);
}
