/* Draws what the doctor measured in a training as heat maps. Rows are layers, with the output layer
 * at the top; columns are measured steps. The measurements (readings) come from the run's
 * readings.csv, or from the doctor while the run trains. What to look for: vanishing gradients
 * become bluer towards the bottom, exploding ones are orange, dead layers are bright rows, healthy
 * nets have an even colour. */
#include <math.h>
#include <string.h>

#include "base/contents.h"
#include "base/notation.h"
#include "base/system.h"
#include "plot/plot.h"

/* Indices of the columns of readings.csv that are used. CELLS: number of cells that are read at the
 * beginning of each line. STEPS: max number of measured steps. MAPS: number of heat maps. */
enum {
    STEP = 0,
    LAYER = 3,
    FINITE = 5,
    DEAD = 12,
    DZ = 13,
    WEIGHT = 14,
    UPDATE = 16,
    CELLS = 17,
    STEPS = 512,
    MAPS = 3
};

/* The quantities that a heat map can show. neutral: the value without colour. limit: how far from
 * `neutral` a value has the full colour, in powers of ten; for the share of dead units, in units of
 * the share. brief, end: title and texts of the legend for a map that is drawn beside others. */
static const struct {
    const char *name, *title, *scale, *brief, *end[2];
    double neutral, limit;
} shown[MAPS] = {
    {"gradient",
     "gradient of each layer (rms of the loss gradient by its pre-activations)",
     "colour: decades above 1e-4 (orange) or below (blue)",
     "gradient",
     {"1e-9", "10"},
     1e-4,
     5},
    {"update",
     "size of each step, relative to the weights of the layer",
     "colour: decades above 1e-3 (orange) or below (blue)",
     "update",
     {"1e-7", "10"},
     1e-3,
     4},
    {"dead", "share of dead units", "colour: the share, from 0 to 1", "dead", {"0", "1"}, 0, 1},
};

/* The readings of a training: value[map][step * layers + layer]. -1 = the value is not finite, NaN
 * = it was not measured. */
typedef struct {
    const char **layer; /* [layers] */
    int64_t *step;      /* [capacity] */
    double *value[MAPS];
    int layers, steps, capacity;
} readings;

/* Allocates memory for the readings of this many layers and steps. */
static plm_status open_readings(plm *w, plm_arena *a, int layers, int steps, readings *r)
{
    const size_t values = (size_t)(layers + 1) * (size_t)(steps + 1);
    r->layers = layers;
    r->capacity = steps;
    r->layer = plm_arena_array(a, (size_t)layers + 1, sizeof *r->layer);
    r->step = plm_arena_array(a, (size_t)steps + 1, sizeof *r->step);
    bool whole = r->layer != NULL && r->step != NULL;
    for (int i = 0; i < MAPS; i++) {
        r->value[i] = plm_arena_array(a, values, sizeof *r->value[i]);
        whole = whole && r->value[i] != NULL;
    }
    return whole ? PLM_OK : plm_fail_memory(w, "plot doctor");
}

/* Stores the values of one layer in the last step, one for each map. finite = false: the layer's
 * output has a value that is not finite. */
static void keep(readings *r, int layer, bool finite, double dz, double ratio, double dead)
{
    const double value[MAPS] = {finite && !isinf(dz) ? dz : -1, isinf(ratio) ? -1 : ratio, dead};
    for (int i = 0; i < MAPS; i++)
        r->value[i][r->steps * r->layers + layer] = value[i];
}

/* Removes the quotes of the cell at `at`; "" within quotes becomes one quote. Returns where the
 * cell ends: at a comma, or at the end of the line or of the text. *end becomes the end of the text
 * without quotes. */
static char *unquote(char *at, char **end)
{
    char *to = at++;
    for (; *at != '\0' && !(at[0] == '"' && at[1] != '"'); at++) {
        at += *at == '"';
        *to++ = *at;
    }
    *end = to;
    return at + (*at != '\0');
}

/* Splits the next line into cells and writes a NUL after each. Returns the text after the line;
 * NULL = there are no more lines. */
static char *cut_line(char *at, char *cell[CELLS])
{
    int count = 0;
    if (*at == '\0')
        return NULL;
    for (int i = 0; i < CELLS; i++)
        cell[i] = "";
    for (bool ends = false; !ends; at++) {
        char *begin = at, *end = at + strcspn(at, ",\n");
        at = *at == '"' ? unquote(at, &end) : end;
        ends = *at != ',';
        if (*at == '\0')
            at--; /* the text returned is empty */
        *end = '\0';
        if (count < CELLS)
            cell[count++] = begin;
    }
    return at;
}

/* Returns the value of a cell; NaN = the cell is empty. */
static double number(const char *cell)
{
    const char *end = cell;
    const double value = plm_text_number(cell, &end);
    return end != cell ? value : (double)NAN;
}

/* Counts the layers: the number of rows until the step changes. */
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

/* Reads the rows of readings.csv. A row without measurements is skipped: the last row may only say
 * that a value was not finite. */
static plm_status read(plm *w, plm_arena *a, char *text, readings *r)
{
    char *cell[CELLS];
    int at = 0;
    PLM_TRY(open_readings(w, a, count_layers(text), STEPS, r));
    text = cut_line(text, cell); /* the header */
    while (text != NULL && (text = cut_line(text, cell)) != NULL && r->steps < r->capacity) {
        if (*cell[DZ] == '\0' && *cell[WEIGHT] == '\0' && *cell[6] == '\0')
            continue;
        r->layer[at] = plm_arena_text(a, cell[LAYER], SIZE_MAX);
        if (r->layer[at] == NULL)
            return plm_fail_memory(w, "plot doctor");
        r->step[r->steps] = (int64_t)number(cell[STEP]);
        keep(r, at, strcmp(cell[FINITE], "0") != 0, number(cell[DZ]),
             number(cell[UPDATE]) / number(cell[WEIGHT]), number(cell[DEAD]));
        at = (at + 1) % r->layers;
        r->steps += at == 0;
    }
    return PLM_OK;
}

/* Reads the readings of the run in a folder. Errors: E_DATA if the run has no readings; E_IO if
 * there is no such folder. */
static plm_status read_folder(plm *w, plm_arena *a, const char *folder, readings *r)
{
    plm_text text = {.w = w};
    const char *path = plm_arena_format(a, "%s/readings.csv", folder);
    plm_status status = path != NULL ? plm_read_text(w, path, &text) : PLM_E_MEMORY;
    char *copy = plm_arena_take(a, text.length + 1);
    if (status >= 0 && copy == NULL)
        status = PLM_E_MEMORY;
    if (status >= 0) {
        memcpy(copy, plm_text_get(&text), text.length);
        status = read(w, a, copy, r);
    }
    plm_text_free(&text);
    if (status >= 0 && r->steps == 0 && !plm_path_is_folder(folder))
        status = plm_fail(w, PLM_E_IO, folder, "use the folder of a run as the argument",
                          "there is no such folder");
    else if (status >= 0 && r->steps == 0)
        status = plm_fail(
            w, PLM_E_DATA, folder,
            "train with doctor=true, which writes readings: plummet train RUNFILE doctor=true",
            "the run has no readings of the doctor (readings.csv)");
    return status;
}

/* Takes the readings of a diagnosis. */
static plm_status take(plm *w, plm_arena *a, const plm_diagnosis *d, readings *r)
{
    plm_reading one, first;
    int layers = 0;
    const int count = (int)plm_diagnosis_readings(d, 0, &first);
    while (layers < count && plm_diagnosis_readings(d, layers, &one) > 0 && one.step == first.step)
        layers++;
    PLM_TRY(open_readings(w, a, layers, layers > 0 ? count / layers : 0, r));
    for (int i = 0; i < count; i++) {
        (void)plm_diagnosis_readings(d, i, &one);
        r->layer[i % layers] = one.layer;
        r->step[r->steps] = one.step;
        keep(r, i % layers, one.finite, one.rms_dz, one.norm_u / one.norm_w, one.dead);
        r->steps += (i + 1) % layers == 0;
    }
    return PLM_OK;
}

/* Makes the cell of a value. texts: the value is also written into the cell. */
static plm_status make_cell(plm_arena *a, double value, int what, bool texts, plm_heat_cell *out)
{
    const bool share = what == 2;
    *out = (plm_heat_cell){.value = (double)NAN, .marked = value < 0};
    if (isnan(value) || value < 0)
        return PLM_OK;
    out->value = share ? value : value > 0 ? log10(value / shown[what].neutral) : -(double)INFINITY;
    if (texts)
        out->text[0] = plm_arena_format(a, share ? "%.2f" : "%.0e", value);
    return texts && out->text[0] == NULL ? PLM_E_MEMORY : PLM_OK;
}

/* True if a map has a value of the layer at some step. */
static bool has_values(const readings *r, int map, int layer)
{
    for (int k = 0; k < r->steps; k++)
        if (!isnan(r->value[map][k * r->layers + layer]))
            return true;
    return false;
}

/* Moves the values of a layer to index `to`, after earlier layers were removed. */
static void move_layer(readings *r, int layers, int from, int to)
{
    for (int map = 0; map < MAPS; map++)
        for (int k = 0; k < r->steps; k++)
            r->value[map][k * layers + to] = r->value[map][k * layers + from];
    r->layer[to] = r->layer[from];
}

/* Removes layers that have no value in any heat map, such as rescaling layers, which have nothing
 * to measure. */
static void drop_empty(readings *r)
{
    const int layers = r->layers;
    int kept = 0;
    for (int i = 0; i < layers; i++)
        if (has_values(r, 0, i) || has_values(r, 1, i) || has_values(r, 2, i))
            move_layer(r, layers, i, kept++);
    for (int map = 0; map < MAPS; map++)
        for (int k = 0; k < r->steps; k++)
            memmove(&r->value[map][k * kept], &r->value[map][k * layers],
                    (size_t)kept * sizeof *r->value[map]);
    r->layers = kept;
}

/* Sets the titles and the scale of a map. alone = true: the map is drawn without others, and its
 * cells have texts. */
static void entitle(int what, bool alone, plm_heat *out)
{
    out->title = alone ? shown[what].title : shown[what].brief;
    out->scale = alone ? shown[what].scale : shown[what].title;
    out->marks = alone ? NULL : "!: a value is not finite";
    out->corner = "step";
    out->limit = shown[what].limit;
    out->low = what == 2 ? 0 : -shown[what].limit;
    out->end[0] = shown[what].end[0];
    out->end[1] = shown[what].end[1];
    out->small = !alone;
}

/* Makes a heat map of at most `columns` measured steps, which have equal distances. */
static plm_status make(plm *w, plm_arena *a, const readings *r, int what, int columns, bool alone,
                       plm_heat *out)
{
    const int steps = r->steps < columns ? r->steps : columns, layers = r->layers;
    plm_heat_cell *cell = plm_arena_array(a, (size_t)(layers * steps) + 1, sizeof *cell);
    const char **row = plm_arena_array(a, (size_t)layers + 1, sizeof *row);
    const char **column = plm_arena_array(a, (size_t)steps + 1, sizeof *column);
    if (cell == NULL || row == NULL || column == NULL)
        return plm_fail_memory(w, "plot doctor");
    for (int k = 0; k < steps; k++) {
        const int at = steps > 1 ? k * (r->steps - 1) / (steps - 1) : 0;
        column[k] = plm_arena_format(a, "%lld", (long long)r->step[at]);
        if (column[k] == NULL)
            return plm_fail_memory(w, "plot doctor");
        for (int i = 0; i < layers; i++)
            PLM_TRY(make_cell(a, r->value[what][at * layers + layers - 1 - i], what, alone,
                              &cell[i * steps + k]));
    }
    for (int i = 0; i < layers; i++)
        row[i] = r->layer[layers - 1 - i];
    *out = (plm_heat){.rows = layers, .columns = steps, .row = row, .column = column, .cell = cell};
    entitle(what, alone, out);
    return PLM_OK;
}

/* Makes the maps of all quantities, to be drawn side by side. Maps without values are left out. */
static plm_status make_all(plm *w, readings *r, int columns, plm_plot *out)
{
    drop_empty(r);
    out->heat = plm_arena_array(&out->arena, MAPS, sizeof *out->heat);
    if (out->heat == NULL)
        return plm_fail_memory(w, "plot doctor");
    for (int map = 0; map < MAPS; map++) {
        bool empty = true;
        for (int i = 0; i < r->layers; i++)
            empty = empty && !has_values(r, map, i);
        if (!empty)
            PLM_TRY(make(w, &out->arena, r, map, columns, false, &out->heat[out->heats++]));
    }
    if (out->heats == 0)
        out->heat = NULL;
    return PLM_OK;
}

/* Returns the number of a map; -1 = there is no map of this name. */
static int find(const char *name)
{
    for (int i = 0; i < (int)(sizeof shown / sizeof shown[0]); i++)
        if (strcmp(shown[i].name, name) == 0)
            return i;
    return -1;
}

/* Makes one map whose cells have their value as text, for a terminal or a picture with only this
 * map. */
plm_status plm_plot_doctor(plm *w, const char *folder, const char *what, int columns, plm_plot *out)
{
    readings r = {0};
    const int map = find(what);
    PLM_TRY(plm_plot_begin(w, 0, out));
    if (map < 0)
        return plm_fail(w, PLM_E_SPEC, what, "choose gradient, update or dead",
                        "there is no heat map '%s'", what);
    PLM_TRY(read_folder(w, &out->arena, folder, &r));
    drop_empty(&r);
    out->heat = plm_arena_take(&out->arena, sizeof *out->heat);
    if (out->heat == NULL)
        return plm_fail_memory(w, "plot doctor");
    out->heats = 1;
    return make(w, &out->arena, &r, map, columns, true, out->heat);
}

/* Adds a comma and the value of a cell to a table; no value if it was not measured or is not
 * finite. */
static void add_value(const plm_heat *h, const plm_heat_cell *cell, plm_text *csv)
{
    const int map = find(h->title);
    const bool share = map == 2;
    plm_text_add(csv, ",");
    if (!isnan(cell->value) && map >= 0)
        plm_text_format(csv, "%.4g",
                        share ? cell->value : shown[map].neutral * pow(10, cell->value));
}

/* Makes three maps without texts in their cells, which an HTML page puts below one another. */
plm_status plm_plot_folder_readings(plm *w, const char *folder, int columns, plm_plot *out)
{
    readings r = {0};
    PLM_TRY(plm_plot_begin(w, 0, out));
    PLM_TRY(read_folder(w, &out->arena, folder, &r));
    return make_all(w, &r, columns, out);
}

/* Writes the values of all maps as a table. The maps have the same cells, so a table row has a
 * value of each map. Layers are in the order of the net, while the maps have the output layer at
 * the top. */
void plm_plot_readings_csv(const plm_plot *p, plm_text *csv)
{
    plm_text_add(csv, "step,layer");
    for (int i = 0; i < p->heats; i++)
        plm_text_format(csv, ",%s", p->heat[i].title);
    plm_text_add(csv, "\n");
    for (int k = 0; p->heats > 0 && k < p->heat->columns; k++)
        for (int row = p->heat->rows; row-- > 0;) {
            plm_text_format(csv, "%s,", p->heat->column[k]);
            plm_text_add_cell(csv, p->heat->row[row], ",");
            for (int i = 0; i < p->heats; i++)
                add_value(&p->heat[i], &p->heat[i].cell[row * p->heat->columns + k], csv);
            plm_text_add(csv, "\n");
        }
}

/* Makes the maps from the diagnosis in memory, since the file may not be written yet. */
plm_status plm_plot_readings(plm *w, const plm_diagnosis *d, plm_plot *out)
{
    readings r = {0};
    PLM_TRY(plm_plot_begin(w, 0, out));
    PLM_TRY(take(w, &out->arena, d, &r));
    return make_all(w, &r, STEPS, out);
}
